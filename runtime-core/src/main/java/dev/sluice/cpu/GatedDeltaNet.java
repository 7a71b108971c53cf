package dev.sluice.cpu;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Weights;
import dev.sluice.models.Weights.DeltaLayout;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * Linear attention with a gated delta rule ({@code spec/model.md} §3.6). Three regions: input projections; everything
 * between, one key head with its value heads a unit of work; output projection.
 */
final class GatedDeltaNet implements Mixer, ThreadTeam.Region {
    private final int layer;
    private final MixerSpec.GatedDeltaNet spec;
    private final Weights.DeltaNet weights;
    private final Workers workers;
    private final Products products;
    private final Rows projected;
    private final DeltaRows rows;
    private final Rows[] projections;
    private final ConvRun[][] runs;
    private final float eps;
    private final CausalConv conv;
    private final Norms norms;
    private final Activations activations;
    private final DeltaRule rule;

    /** Of each value head. */
    private final float[] negA;

    private final float[] dtBias;

    /** Each member's three gates of a token, a pair of cache lines apart. */
    private final float[] gates;

    private static final int STRIDE = 32;

    private Pass pass;

    /** Rows between the projections, shared by the layers of one shape. */
    record Buffers(Rows projected, DeltaRows rows) {
        Buffers(Arena arena, int capacity, MixerSpec.GatedDeltaNet spec, int projectionWidth) {
            this(Pass.rows(arena, capacity, projectionWidth), new DeltaRows(arena, spec, capacity));
        }

        static long floats(int capacity, MixerSpec.GatedDeltaNet spec) {
            return Rows.floats(capacity, spec.projectionWidth()) + DeltaRows.floats(spec, capacity);
        }
    }

    /** Channels that lie side by side both in the projected row (from {@code column}) and in the convolution. */
    private record ConvRun(int column, CausalConv.Channels channels) {}

    GatedDeltaNet(
            int layer,
            MixerSpec.GatedDeltaNet spec,
            Weights.DeltaNet weights,
            Workers workers,
            Products products,
            Buffers buffers,
            Pass pass,
            float eps) {
        this.layer = layer;
        this.spec = spec;
        this.weights = weights;
        this.workers = workers;
        this.products = products;
        this.projected = buffers.projected();
        this.rows = buffers.rows();
        this.pass = pass;
        this.eps = eps;
        this.projections =
                weights.in().stream().map(p -> projected.column(p.column())).toArray(Rows[]::new);
        this.runs = new ConvRun[spec.keyHeads()][];
        for (int keyHead = 0; keyHead < runs.length; keyHead++) {
            runs[keyHead] = runs(keyHead);
        }
        this.conv = workers.kernels().causalConv();
        this.norms = workers.kernels().norms();
        this.activations = workers.kernels().activations();
        this.rule = workers.kernels().deltaRule();
        this.negA = weights.negA().toArray(0, spec.valueHeads());
        this.dtBias = weights.dtBias().toArray(0, spec.valueHeads());
        this.gates = new float[(workers.members() + 1) * STRIDE];
    }

    private int group() {
        return spec.valueHeads() / spec.keyHeads();
    }

    /** The channels of a key head and its value heads: as few runs as the checkpoint's layout allows. */
    private ConvRun[] runs(int keyHead) {
        DeltaLayout layout = weights.layout();
        List<ConvRun> out = new ArrayList<>();
        join(out, layout.query()[keyHead], rows.queryColumn(keyHead), spec.keyDim());
        join(out, layout.key()[keyHead], rows.keyColumn(keyHead), spec.keyDim());
        for (int value = keyHead * group(); value < (keyHead + 1) * group(); value++) {
            join(out, layout.value()[value], rows.valueColumn(value), spec.valueDim());
        }
        return out.toArray(ConvRun[]::new);
    }

    private void join(List<ConvRun> runs, int column, int channel, int count) {
        if (!runs.isEmpty()) {
            ConvRun last = runs.getLast();
            CausalConv.Channels c = last.channels();
            if (last.column() + c.count() == column && c.from() + c.count() == channel) {
                runs.removeLast();
                join(runs, last.column(), c.from(), c.count() + count);
                return;
            }
        }
        runs.add(new ConvRun(column, new CausalConv.Channels(channel, count, spec.convChannels(), spec.convTaps())));
    }

    @Override
    public void forward(Pass pass) {
        this.pass = pass;
        int tokens = pass.tokens();
        products.clear();
        for (int i = 0; i < projections.length; i++) {
            products.add(weights.in().get(i).matrix(), pass.input(), 0, projections[i], 0, tokens);
        }
        products.run();
        workers.run(this);
        products.clear()
                .add(weights.out(), rows.output(), 0, pass.output(), 0, tokens)
                .run();
    }

    /** Units in the order of key heads, so that every member gets a share of a long prompt beside short ones. */
    @Override
    public void run(int member, int members) {
        int entries = pass.entries();
        int units = spec.keyHeads() * entries;
        int to = Bands.start(units, member + 1, members);
        for (int unit = Bands.start(units, member, members); unit < to; unit++) {
            mix(pass.segment(unit % entries), unit / entries, member);
        }
    }

    private void mix(Segment s, int keyHead, int member) {
        F32 scratch = workers.scratch(member);
        DeltaState state = s.sequence().recurrent(layer);
        convolve(s, state, keyHead);
        normalise(s, keyHead);
        for (int value = keyHead * group(); value < (keyHead + 1) * group(); value++) {
            gates(s, keyHead, value, (member + 1) * STRIDE);
            F32 recurrent = state.recurrent();
            long at = state.headAt(value);
            if (s.draft()) {
                long copy = DeltaRule.scratch(spec.keyDim());
                F32.copy(recurrent, at, scratch, copy, (long) spec.keyDim() * spec.valueDim());
                recurrent = scratch;
                at = copy;
            }
            rows.step(rule, recurrent, at, value, s.first(), s.count(), scratch);
            gatedNorm(s, value);
        }
        if (s.draft()) {
            state.log().keep(rows, s.first(), s.count(), keyHead);
        }
    }

    private void convolve(Segment s, DeltaState state, int keyHead) {
        Rows mixed = rows.mixed();
        for (ConvRun run : runs[keyHead]) {
            CausalConv.Channels c = run.channels();
            F32 history = state.conv();
            if (s.draft()) {
                DraftLog log = state.log();
                history = log.stageConv(history, c.from(), c.count());
                log.keepRaw(projected, s.first(), s.count(), run.column(), c.from(), c.count());
            }
            conv.run(
                    projected,
                    s.first(),
                    run.column(),
                    mixed,
                    s.first(),
                    c.from(),
                    s.count(),
                    weights.conv(),
                    history,
                    0,
                    c);
        }
    }

    /** Unit length for q and k; q also takes the scale {@code keyDim^-1/2}. */
    private void normalise(Segment s, int keyHead) {
        Rows q = rows.queryOf(keyHead);
        Rows k = rows.keyOf(keyHead);
        float scale = (float) (1 / Math.sqrt(spec.keyDim()));
        for (int row = s.first(); row < s.first() + s.count(); row++) {
            norms.l2(q.data(), q.row(row), spec.keyDim(), scale);
            norms.l2(k.data(), k.row(row), spec.keyDim(), 1);
        }
    }

    /** Decay {@code alpha = exp(-exp(A_log) softplus(a + dt_bias))}, write strength {@code beta = sigmoid(b)}, k.q. */
    private void gates(Segment s, int keyHead, int valueHead, int mine) {
        Rows q = rows.queryOf(keyHead);
        Rows k = rows.keyOf(keyHead);
        Rows gate = rows.gateOf(valueHead);
        int decay = weights.layout().decay()[valueHead];
        int beta = weights.layout().beta()[valueHead];
        F32 raw = projected.data();
        for (int row = s.first(); row < s.first() + s.count(); row++) {
            raw.read(projected.row(row) + decay, gates, mine, 1);
            raw.read(projected.row(row) + beta, gates, mine + 1, 1);
            float step = activations.softplus(gates[mine] + dtBias[valueHead]);
            gates[mine] = activations.exp(negA[valueHead] * step);
            gates[mine + 1] = activations.sigmoid(gates[mine + 1]);
            gates[mine + 2] = rule.dot(k.data(), k.row(row), q.data(), q.row(row), spec.keyDim());
            gate.data().write(gates, mine, gate.row(row), DeltaRows.GATE);
        }
    }

    private void gatedNorm(Segment s, int valueHead) {
        Rows o = rows.outputOf(valueHead);
        int z = weights.layout().z()[valueHead];
        for (int row = s.first(); row < s.first() + s.count(); row++) {
            long at = o.row(row);
            norms.gatedRms(
                    o.data(),
                    at,
                    weights.norm(),
                    projected.data(),
                    projected.row(row) + z,
                    o.data(),
                    at,
                    spec.valueDim(),
                    eps);
        }
    }
}
