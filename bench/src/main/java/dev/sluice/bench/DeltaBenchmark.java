package dev.sluice.bench;

import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Gated DeltaNet between its projections: 32 heads with states of 128 x 128, and the convolution of 8192 channels. */
@State(Scope.Thread)
public class DeltaBenchmark {
    private static final int HEADS = 32;
    private static final int DIM = 128;
    private static final int CHANNELS = 8192;
    private static final int TAPS = 4;

    @Param({"1", "64"})
    public int tokens = 1;

    private final DeltaRule rule = Kernels.vector().deltaRule();
    private final CausalConv conv = Kernels.vector().causalConv();
    private final CausalConv.Channels channels = new CausalConv.Channels(0, CHANNELS, CHANNELS, TAPS);
    private final Arena arena = Arena.ofAuto();
    private F32 state = F32.allocate(arena, 0);
    private final F32 scratch = F32.allocate(arena, DeltaRule.scratch(DIM));
    private F32 history = state;
    private F32 taps = state;
    private Rows qkv = Rows.of(state, 1);
    private final Rows[] columns = new Rows[HEADS + 2];
    private Rows gates = qkv;
    private Rows out = qkv;
    private Rows mixed = qkv;

    @Setup
    public void make() {
        state = Numbers.floats(arena, (long) HEADS * DIM * DIM);
        history = Numbers.floats(arena, (long) (TAPS - 1) * CHANNELS);
        taps = Numbers.floats(arena, (long) TAPS * CHANNELS);
        qkv = Rows.of(Numbers.floats(arena, (long) tokens * CHANNELS), CHANNELS);
        Arrays.setAll(columns, head -> qkv.column(head * DIM));
        mixed = Rows.of(F32.allocate(arena, (long) tokens * CHANNELS), CHANNELS);
        F32 alphaBetaKq = F32.allocate(arena, 3L * tokens);
        for (int t = 0; t < tokens; t++) {
            alphaBetaKq.set(3L * t, 0.9f);
            alphaBetaKq.set(3L * t + 1, 0.01f);
            alphaBetaKq.set(3L * t + 2, 0.1f);
        }
        gates = Rows.of(alphaBetaKq, 3);
        out = Rows.of(F32.allocate(arena, (long) tokens * DIM), DIM);
    }

    @Benchmark
    public void rule(Moved moved) {
        for (int head = 0; head < HEADS; head++) {
            rule.run(
                    state,
                    (long) head * DIM * DIM,
                    DIM,
                    DIM,
                    columns[head],
                    columns[head + 1],
                    columns[head + 2],
                    gates,
                    out,
                    0,
                    tokens,
                    0,
                    DIM,
                    scratch);
        }
        moved.add(2.0 * 4 * HEADS * DIM * DIM, 7.0 * HEADS * DIM * DIM * tokens);
    }

    @Benchmark
    public void convolution(Moved moved) {
        conv.run(qkv, 0, 0, mixed, 0, 0, tokens, taps, history, 0, channels);
        moved.add(4.0 * CHANNELS * (tokens + 2 * TAPS - 1), 2.0 * TAPS * CHANNELS * tokens);
    }
}
