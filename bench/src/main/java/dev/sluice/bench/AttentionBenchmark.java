package dev.sluice.bench;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Eight query heads of 256 on one head of keys and values, decoding (1 token) and a tile of a prompt (32). */
@State(Scope.Thread)
public class AttentionBenchmark {
    private static final int HEADS = 8;
    private static final int DIM = 256;

    @Param({"1", "32"})
    public int tokens = 1;

    @Param({"1024", "16384"})
    public int keys = 1024;

    /** How keys and values are kept. */
    Dtype type = Dtype.BF16;

    private final Attention attention = Kernels.vector().attention();
    private final Arena arena = Arena.ofAuto();
    private F32 scratch = F32.allocate(arena, 0);
    private KvPages kv = new KvPages(arena, Dtype.BF16, 1, DIM);
    private Rows q = Rows.of(scratch, 1);
    private Rows o = q;

    @Setup
    public void make() {
        q = Rows.of(Numbers.floats(arena, (long) tokens * HEADS * DIM), HEADS * DIM);
        o = Rows.of(F32.allocate(arena, (long) tokens * HEADS * DIM), HEADS * DIM);
        scratch = F32.allocate(arena, Attention.scratch(DIM));
        kv = new KvPages(arena, type, 1, DIM);
        kv.extendTo(keys + tokens);
        for (int position = 0; position < keys + tokens; position++) {
            attention.store(kv, 0, position, q.data(), 0, q.data(), DIM);
        }
    }

    @Benchmark
    public void attend(Moved moved) {
        attention.attend(kv, 0, q, DIM, o, 0, tokens, 0, HEADS, keys, 0.0625f, scratch);
        double seen = tokens * (keys + (tokens + 1) / 2.0);
        moved.add((double) 2 * type.bytes(DIM) * (keys + tokens), 4.0 * HEADS * DIM * seen);
    }
}
