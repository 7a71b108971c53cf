package dev.sluice.cpu;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Matrix;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The formulas of {@code spec/model.md} §3 in float64, one token after the other, with the weights as they were loaded:
 * what differs from it is rounding. Plain rotary embedding only.
 */
final class DoubleOracle {
    private final Architecture architecture;
    private final Weights weights;
    private final Map<Matrix, double[][]> decoded = new IdentityHashMap<>();
    private final List<List<double[]>> keys = new ArrayList<>();
    private final List<List<double[]>> values = new ArrayList<>();
    private final List<List<double[]>> history = new ArrayList<>();

    /** {@code [layer][valueHead * keyDim * valueDim]}; empty for layers that attend. */
    final List<double[]> states = new ArrayList<>();

    /** Residual stream behind each layer for the last token. */
    final List<double[]> hidden = new ArrayList<>();

    private int position;

    DoubleOracle(Architecture architecture, Weights weights) {
        this.architecture = architecture;
        this.weights = weights;
        for (LayerSpec layer : architecture.layers()) {
            keys.add(new ArrayList<>());
            values.add(new ArrayList<>());
            history.add(new ArrayList<>());
            states.add(
                    layer.mixer() instanceof MixerSpec.GatedDeltaNet delta
                            ? new double[delta.valueHeads() * delta.keyDim() * delta.valueDim()]
                            : new double[0]);
        }
    }

    /** Logits after the next token. */
    double[] step(int id) {
        double[] h = decode(weights.embedding())[id].clone();
        hidden.clear();
        for (int i = 0; i < architecture.layers().size(); i++) {
            Weights.Layer layer = weights.layers().get(i);
            LayerSpec spec = architecture.layers().get(i);
            add(h, mixer(i, spec.mixer(), layer.mixer(), norm(h, layer.inputNorm())));
            add(h, mlp(spec.mlp(), layer.mlp(), norm(h, layer.postNorm())));
            hidden.add(h.clone());
        }
        position++;
        return times(weights.head(), norm(h, weights.finalNorm()));
    }

    private double[] mixer(int layer, MixerSpec spec, Weights.Mixer mixer, double[] x) {
        return switch (spec) {
            case MixerSpec.FullAttention attention -> attention(layer, attention, (Weights.FullAttention) mixer, x);
            case MixerSpec.GatedDeltaNet delta -> deltaNet(layer, delta, (Weights.DeltaNet) mixer, x);
        };
    }

    private double[] attention(int layer, MixerSpec.FullAttention spec, Weights.FullAttention w, double[] x) {
        int dim = spec.headDim();
        double[] projected = times(w.query(), x);
        double[] key = times(w.key(), x);
        for (int head = 0; head < spec.kvHeads(); head++) {
            turn(key, head * dim, dim, w.keyNorm());
        }
        keys.get(layer).add(key);
        values.get(layer).add(times(w.value(), x));
        double[] out = new double[spec.heads() * dim];
        for (int head = 0; head < spec.heads(); head++) {
            int at = head * spec.queryStride();
            turn(projected, at, dim, w.queryNorm());
            int kv = head / (spec.heads() / spec.kvHeads()) * dim;
            double[] scores = new double[position + 1];
            for (int s = 0; s <= position; s++) {
                scores[s] = dot(projected, at, keys.get(layer).get(s), kv, dim) / Math.sqrt(dim);
            }
            softmax(scores);
            for (int i = 0; i < dim; i++) {
                double sum = 0;
                for (int s = 0; s <= position; s++) {
                    sum += scores[s] * values.get(layer).get(s)[kv + i];
                }
                out[head * dim + i] = spec.gated() ? sum * sigmoid(projected[at + dim + i]) : sum;
            }
        }
        return times(w.output(), out);
    }

    /** Norm and rotation of one head in place. */
    private void turn(double[] vector, int at, int dim, F32 weight) {
        double squares = dot(vector, at, vector, at, dim);
        double scale = 1 / Math.sqrt(squares / dim + architecture.normEps());
        for (int i = 0; i < dim; i++) {
            vector[at + i] *= scale * weight.get(i);
        }
        int half = architecture.rope().rotaryDim() / 2;
        for (int i = 0; i < half; i++) {
            double angle = position * Math.pow(architecture.rope().theta(), -(double) i / half);
            double a = vector[at + i];
            double b = vector[at + half + i];
            vector[at + i] = a * Math.cos(angle) - b * Math.sin(angle);
            vector[at + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
        }
    }

    private double[] deltaNet(int layer, MixerSpec.GatedDeltaNet spec, Weights.DeltaNet w, double[] x) {
        double[] row = new double[w.projectionWidth()];
        for (Weights.Projection projection : w.in()) {
            double[] part = times(projection.matrix(), x);
            System.arraycopy(part, 0, row, projection.column(), part.length);
        }
        double[] mixed = convolved(layer, spec, w, row);
        int keyWidth = spec.keyHeads() * spec.keyDim();
        double[] out = new double[spec.valueWidth()];
        for (int head = 0; head < spec.keyHeads(); head++) {
            unit(mixed, head * spec.keyDim(), spec.keyDim(), 1 / Math.sqrt(spec.keyDim()));
            unit(mixed, keyWidth + head * spec.keyDim(), spec.keyDim(), 1);
        }
        for (int head = 0; head < spec.valueHeads(); head++) {
            int query = head / (spec.valueHeads() / spec.keyHeads()) * spec.keyDim();
            double beta = sigmoid(row[w.layout().beta()[head]]);
            double decay = row[w.layout().decay()[head]] + w.dtBias().get(head);
            double keep = Math.exp(w.negA().get(head) * Math.log1p(Math.exp(decay)));
            int value = 2 * keyWidth + head * spec.valueDim();
            rule(states.get(layer), head, spec, mixed, query, keyWidth + query, value, keep, beta, out);
            gatedNorm(
                    out,
                    head * spec.valueDim(),
                    spec.valueDim(),
                    w.norm(),
                    row,
                    w.layout().z()[head]);
        }
        return times(w.out(), out);
    }

    private double[] convolved(int layer, MixerSpec.GatedDeltaNet spec, Weights.DeltaNet w, double[] row) {
        double[] now = new double[spec.convChannels()];
        int keyWidth = spec.keyHeads() * spec.keyDim();
        for (int head = 0; head < spec.keyHeads(); head++) {
            System.arraycopy(row, w.layout().query()[head], now, head * spec.keyDim(), spec.keyDim());
            System.arraycopy(row, w.layout().key()[head], now, keyWidth + head * spec.keyDim(), spec.keyDim());
        }
        for (int head = 0; head < spec.valueHeads(); head++) {
            System.arraycopy(
                    row, w.layout().value()[head], now, 2 * keyWidth + head * spec.valueDim(), spec.valueDim());
        }
        List<double[]> rows = history.get(layer);
        rows.add(now);
        double[] out = new double[now.length];
        for (int tap = 0; tap < spec.convTaps(); tap++) {
            int from = rows.size() - spec.convTaps() + tap;
            for (int c = 0; from >= 0 && c < out.length; c++) {
                out[c] += w.conv().get((long) tap * out.length + c) * rows.get(from)[c];
            }
        }
        for (int c = 0; c < out.length; c++) {
            out[c] *= sigmoid(out[c]);
        }
        return out;
    }

    private static void rule(
            double[] state,
            int head,
            MixerSpec.GatedDeltaNet spec,
            double[] mixed,
            int query,
            int key,
            int value,
            double keep,
            double beta,
            double[] out) {
        int columns = spec.valueDim();
        int base = head * spec.keyDim() * columns;
        for (int c = 0; c < columns; c++) {
            double predicted = 0;
            for (int r = 0; r < spec.keyDim(); r++) {
                state[base + r * columns + c] *= keep;
                predicted += state[base + r * columns + c] * mixed[key + r];
            }
            double delta = beta * (mixed[value + c] - predicted);
            double read = 0;
            for (int r = 0; r < spec.keyDim(); r++) {
                state[base + r * columns + c] += mixed[key + r] * delta;
                read += state[base + r * columns + c] * mixed[query + r];
            }
            out[head * columns + c] = read;
        }
    }

    private void gatedNorm(double[] o, int at, int dim, F32 weight, double[] row, int z) {
        double scale = 1 / Math.sqrt(dot(o, at, o, at, dim) / dim + architecture.normEps());
        for (int i = 0; i < dim; i++) {
            o[at + i] *= scale * weight.get(i) * row[z + i] * sigmoid(row[z + i]);
        }
    }

    private double[] mlp(MlpSpec spec, Weights.Mlp mlp, double[] x) {
        return switch (mlp) {
            case Weights.DenseMlp dense -> swiglu(dense, x);
            case Weights.MoeMlp moe -> mixture((MlpSpec.SparseMoe) spec, moe, x);
        };
    }

    private double[] mixture(MlpSpec.SparseMoe spec, Weights.MoeMlp w, double[] x) {
        double[] shares = times(w.router(), x);
        softmax(shares);
        int[] chosen = IntStream.range(0, spec.experts())
                .boxed()
                .sorted((a, b) -> Double.compare(shares[b], shares[a]))
                .limit(spec.topK())
                .mapToInt(Integer::intValue)
                .toArray();
        double sum = spec.renormalise()
                ? IntStream.of(chosen).mapToDouble(expert -> shares[expert]).sum()
                : 1;
        double[] out = new double[x.length];
        for (int expert : chosen) {
            addScaled(out, swiglu(w.experts().get(expert), x), shares[expert] / sum);
        }
        if (w.shared() != null && w.sharedGate() != null) {
            addScaled(out, swiglu(w.shared(), x), sigmoid(times(w.sharedGate(), x)[0]));
        }
        return out;
    }

    private double[] swiglu(Weights.DenseMlp w, double[] x) {
        double[] gate = times(w.gate(), x);
        double[] up = times(w.up(), x);
        for (int i = 0; i < gate.length; i++) {
            up[i] *= gate[i] * sigmoid(gate[i]);
        }
        return times(w.down(), up);
    }

    private double[] norm(double[] x, F32 weight) {
        double scale = 1 / Math.sqrt(dot(x, 0, x, 0, x.length) / x.length + architecture.normEps());
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] * scale * weight.get(i);
        }
        return out;
    }

    private double[] times(Matrix matrix, double[] x) {
        double[][] rows = decode(matrix);
        double[] out = new double[rows.length];
        for (int r = 0; r < rows.length; r++) {
            out[r] = dot(rows[r], 0, x, 0, x.length);
        }
        return out;
    }

    private double[][] decode(Matrix matrix) {
        return decoded.computeIfAbsent(matrix, _ -> {
            double[][] rows = new double[matrix.rows()][matrix.cols()];
            try (Arena arena = Arena.ofConfined()) {
                F32 row = F32.allocate(arena, matrix.cols());
                for (int r = 0; r < rows.length; r++) {
                    Kernels.plain().matMul().row(matrix, r, row, 0);
                    for (int c = 0; c < matrix.cols(); c++) {
                        rows[r][c] = row.get(c);
                    }
                }
            }
            return rows;
        });
    }

    private static void unit(double[] vector, int at, int dim, double scale) {
        double norm = scale / Math.sqrt(dot(vector, at, vector, at, dim) + 1e-6);
        for (int i = 0; i < dim; i++) {
            vector[at + i] *= norm;
        }
    }

    private static void softmax(double[] values) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            largest = Math.max(largest, value);
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(values[i] - largest);
            sum += values[i];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= sum;
        }
    }

    private static double dot(double[] a, int atA, double[] b, int atB, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += a[atA + i] * b[atB + i];
        }
        return sum;
    }

    private static void add(double[] to, double[] values) {
        addScaled(to, values, 1);
    }

    private static void addScaled(double[] to, double[] values, double scale) {
        for (int i = 0; i < to.length; i++) {
            to[i] += scale * values[i];
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
