package dev.sluice.tools.bench;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.probe.UnpackProbe.Form;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Weights;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Bytes and operations of a model's steps, from its shapes and the size of its matrices as stored. */
final class TrafficModel {
    /** What a read fault maps of a file that is cached, aligned to its size: Linux' fault_around_bytes as it comes. */
    private static final long AROUND = 64 << 10;

    private final Architecture architecture;
    private final Map<Form, Size> dense = new EnumMap<>(Form.class);
    private final Map<Form, Size> expert = new EnumMap<>(Form.class);
    private final Matrix head;
    private final long embeddingRow;
    private final boolean tied;
    private final Matrix embedding;
    private final long embeddingBytes;
    private double denseWeights;
    private double expertWeights;
    private long expertCount;
    private long choices;
    private final long vectorBytes;
    private long stateBytes;
    private long kvBytes;
    private double tokenFlops;
    private double keyFlops;
    /** Of a token in what the last layer does for rows with logits alone. */
    private double lastFlops;

    /** Bytes of matrices, and of the codes among them: the rest are scales and biases. */
    private record Size(long bytes, long codes) {
        static Size of(Matrix matrix) {
            return new Size(matrix.bytes(), matrix.data().byteSize());
        }

        Size plus(Size other) {
            return new Size(bytes + other.bytes, codes + other.codes);
        }
    }

    TrafficModel(Architecture architecture, Weights weights, Dtype kvType) {
        this.architecture = architecture;
        this.head = weights.head();
        this.tied = architecture.tiedEmbeddings();
        this.embedding = weights.embedding();
        this.embeddingBytes = embedding.bytes();
        this.embeddingRow = embeddingBytes / embedding.rows();
        this.vectorBytes = Float.BYTES * weights.vectors().mapToLong(F32::size).sum();
        for (int i = 0; i < architecture.layers().size(); i++) {
            LayerSpec spec = architecture.layers().get(i);
            add(spec.mixer(), kvType);
            add(weights.layers().get(i).mixer());
            double before = productFlops();
            add(spec.mlp(), weights.layers().get(i).mlp());
            lastFlops = productFlops() - before;
        }
    }

    private void add(MixerSpec spec, Dtype kvType) {
        switch (spec) {
            case MixerSpec.GatedDeltaNet delta -> {
                long cells = (long) delta.valueHeads() * delta.keyDim() * delta.valueDim();
                stateBytes += Float.BYTES * (cells + (long) (delta.convTaps() - 1) * delta.convChannels());
                // two products with the state, its decay, and one update (dev.sluice.kernels.DeltaRule)
                tokenFlops += 7.0 * cells + 2.0 * delta.convTaps() * delta.convChannels();
            }
            case MixerSpec.FullAttention full -> {
                kvBytes += kvType.bytes(2L * full.kvHeads() * full.headDim());
                keyFlops += 4.0 * full.heads() * full.headDim();
            }
        }
    }

    private void add(Weights.Mixer mixer) {
        switch (mixer) {
            case Weights.DeltaNet delta -> {
                delta.in().forEach(projection -> add(projection.matrix()));
                add(delta.out());
            }
            case Weights.FullAttention full -> {
                add(full.query());
                add(full.key());
                add(full.value());
                add(full.output());
            }
        }
    }

    private void add(MlpSpec spec, Weights.Mlp mlp) {
        switch (mlp) {
            case Weights.DenseMlp w -> add(w);
            case Weights.MoeMlp w -> {
                add(w.router());
                if (w.shared() != null) {
                    add(w.shared());
                }
                if (w.sharedGate() != null) {
                    add(w.sharedGate());
                }
                for (Weights.DenseMlp one : w.experts()) {
                    expertCount++;
                    for (Matrix matrix : new Matrix[] {one.gate(), one.up(), one.down()}) {
                        expert.merge(form(matrix), Size.of(matrix), Size::plus);
                        expertWeights += (double) matrix.rows() * matrix.cols();
                    }
                }
                choices += spec instanceof MlpSpec.SparseMoe moe ? moe.topK() : 0;
            }
        }
    }

    private void add(Weights.DenseMlp w) {
        add(w.gate());
        add(w.up());
        add(w.down());
    }

    private void add(Matrix matrix) {
        dense.merge(form(matrix), Size.of(matrix), Size::plus);
        denseWeights += (double) matrix.rows() * matrix.cols();
    }

    private static Form form(Matrix matrix) {
        return switch (matrix) {
            case Matrix.Dense d -> d.type() == Dtype.BF16 ? Form.BF16 : d.type() == Dtype.F16 ? Form.F16 : Form.F32;
            case Matrix.Fp8Blocks _ -> Form.FP8;
            case Matrix.AffineGroups groups -> groups.bits() == 4 ? Form.AFFINE4 : Form.AFFINE8;
        };
    }

    /** Experts that a step of one token visits, in all layers; 0 for a dense model. */
    long choices() {
        return choices;
    }

    /** Routed experts in all layers. */
    long experts() {
        return expertCount;
    }

    /** Forms of all matrices. */
    Set<Form> forms() {
        Set<Form> forms = EnumSet.of(form(head));
        forms.addAll(dense.keySet());
        forms.addAll(expert.keySet());
        return forms;
    }

    /**
     * Bytes of the weights that steps read: matrices as stored, vectors as they were widened.
     *
     * @param visited different experts of all layers that any step chose
     */
    long residentWeights(long visited) {
        long experts = expert.values().stream().mapToLong(Size::bytes).sum();
        long chosen = expertCount == 0 ? 0 : experts / expertCount * visited;
        return workingSet() - stateBytes - experts + chosen + vectorBytes;
    }

    /** Bytes that Linux maps with the embedding rows of such tokens; 0 when the head reads all of it anyway. */
    long embeddingAround(int[] ids) {
        if (tied) {
            return 0;
        }
        long bytes = around(embedding.data(), ids);
        return embedding instanceof Matrix.AffineGroups groups
                ? bytes + around(groups.scales(), ids) + around(groups.biases(), ids)
                : bytes;
    }

    private long around(MemorySegment data, int[] ids) {
        long row = data.byteSize() / embedding.rows();
        long first = data.address() / AROUND;
        BitSet blocks = new BitSet();
        for (int id : ids) {
            long from = (data.address() + id * row) / AROUND - first;
            long to = (data.address() + (id + 1) * row - 1) / AROUND - first;
            blocks.set((int) from, (int) to + 1);
        }
        return blocks.cardinality() * AROUND;
    }

    /** What stays in use from token to token: weights without an untied embedding, and the recurrent state. */
    long workingSet() {
        long sum = head.bytes() + stateBytes;
        for (Size size : dense.values()) {
            sum += size.bytes();
        }
        for (Size size : expert.values()) {
            sum += size.bytes();
        }
        return sum;
    }

    /** Bytes of an embedding that is not the head as well: mapped, of which a token touches one row. */
    long untiedEmbedding() {
        return tied ? 0 : embeddingBytes;
    }

    /** Bytes of one sequence's states, whatever its length. */
    long stateBytes() {
        return stateBytes;
    }

    /** Bytes of one token's keys and values. */
    long kvBytes() {
        return kvBytes;
    }

    /**
     * Adds a step.
     *
     * @param position tokens before it
     * @param logits rows for which the head runs, and the second half of the last layer; its weights count as read even for none
     * @param visited experts of all layers that any of its tokens chose
     */
    void step(Traffic traffic, int tokens, int position, int logits, long visited) {
        dense.forEach((form, size) -> traffic.read(form, size.bytes(), size.codes(), 1, false));
        if (logits > 0) {
            traffic.read(form(head), head.bytes(), head.data().byteSize(), 1, false);
        }
        if (expertCount > 0) {
            double share = (double) visited / expertCount;
            expert.forEach((form, size) -> traffic.read(form, size.bytes(), size.codes(), share, true));
        }
        traffic.rows(embeddingRow * tokens);
        traffic.state(2 * stateBytes);
        traffic.kv(kvBytes * (position + 2L * tokens));
        double keys = tokens * (position + (tokens + 1) / 2.0);
        traffic.compute(tokens * (productFlops() + tokenFlops - lastFlops)
                + logits * lastFlops
                + keys * keyFlops
                + 2.0 * logits * head.rows() * head.cols());
    }

    /** Of one token with all matrices added so far, the head apart. */
    private double productFlops() {
        double chosen = expertCount == 0 ? 0 : expertWeights / expertCount * choices;
        return 2 * (denseWeights + chosen);
    }

    int vocabulary() {
        return architecture.vocabSize();
    }
}
