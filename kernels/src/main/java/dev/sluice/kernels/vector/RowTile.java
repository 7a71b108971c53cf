package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.address;

import jdk.incubator.vector.FloatVector;

/**
 * Four vectors of rows times six tokens: lanes are rows, a token's number is broadcast. The inner product of prefill,
 * see {@link ManyTokens}.
 *
 * <p>24 sums, four vectors and a broadcast number fill 29 of 32 registers, and ten loads feed 24 multiply-adds: 84 % of the
 * peak with 1024 columns out of L1, where 20 sums of five tokens do 78. Whatever else the method then does, C1 runs out of
 * virtual registers and C2 never gets to see it; so sums of classes are added by {@link #merge}.
 */
final class RowTile {
    /** Rows of a tile. */
    static final int ROWS = 4 * LANES;

    /** Tokens of a tile. */
    static final int TOKENS = 6;

    /** Bytes from step to step of the rows, and from token to token of the sums. */
    static final int PITCH = 4 * BYTES;

    private RowTile() {}

    /**
     * Sums {@code n} steps from zero.
     *
     * @param w the vectors of the rows, {@link #PITCH} bytes a step
     * @param x the first token's number; the others follow
     * @param step bytes from step to step of the tokens
     * @param sums receives {@code [token][row]}
     */
    static void multiply(long w, long x, int n, long step, long sums) {
        long at = address(w);
        long from = address(x);
        long to = address(sums);
        long width = step & ADDRESS;
        FloatVector zero = FloatVector.zero(F);
        FloatVector a0 = zero;
        FloatVector a1 = zero;
        FloatVector a2 = zero;
        FloatVector a3 = zero;
        FloatVector b0 = zero;
        FloatVector b1 = zero;
        FloatVector b2 = zero;
        FloatVector b3 = zero;
        FloatVector c0 = zero;
        FloatVector c1 = zero;
        FloatVector c2 = zero;
        FloatVector c3 = zero;
        FloatVector d0 = zero;
        FloatVector d1 = zero;
        FloatVector d2 = zero;
        FloatVector d3 = zero;
        FloatVector e0 = zero;
        FloatVector e1 = zero;
        FloatVector e2 = zero;
        FloatVector e3 = zero;
        FloatVector f0 = zero;
        FloatVector f1 = zero;
        FloatVector f2 = zero;
        FloatVector f3 = zero;
        for (int i = 0; i < n; i++) {
            FloatVector w0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER);
            FloatVector w1 = FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER);
            FloatVector w2 = FloatVector.fromMemorySegment(F, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector w3 = FloatVector.fromMemorySegment(F, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector a = FloatVector.broadcast(F, MEMORY.get(FLOAT, from));
            a0 = w0.fma(a, a0);
            a1 = w1.fma(a, a1);
            a2 = w2.fma(a, a2);
            a3 = w3.fma(a, a3);
            FloatVector b = FloatVector.broadcast(F, MEMORY.get(FLOAT, from + 4));
            b0 = w0.fma(b, b0);
            b1 = w1.fma(b, b1);
            b2 = w2.fma(b, b2);
            b3 = w3.fma(b, b3);
            FloatVector c = FloatVector.broadcast(F, MEMORY.get(FLOAT, from + 8));
            c0 = w0.fma(c, c0);
            c1 = w1.fma(c, c1);
            c2 = w2.fma(c, c2);
            c3 = w3.fma(c, c3);
            FloatVector d = FloatVector.broadcast(F, MEMORY.get(FLOAT, from + 12));
            d0 = w0.fma(d, d0);
            d1 = w1.fma(d, d1);
            d2 = w2.fma(d, d2);
            d3 = w3.fma(d, d3);
            FloatVector e = FloatVector.broadcast(F, MEMORY.get(FLOAT, from + 16));
            e0 = w0.fma(e, e0);
            e1 = w1.fma(e, e1);
            e2 = w2.fma(e, e2);
            e3 = w3.fma(e, e3);
            FloatVector f = FloatVector.broadcast(F, MEMORY.get(FLOAT, from + 20));
            f0 = w0.fma(f, f0);
            f1 = w1.fma(f, f1);
            f2 = w2.fma(f, f2);
            f3 = w3.fma(f, f3);
            at = (at + PITCH) & ADDRESS;
            from = (from + width) & ADDRESS;
        }
        a0.intoMemorySegment(MEMORY, to, ORDER);
        a1.intoMemorySegment(MEMORY, to + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, to + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, to + 3 * BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, to + 4 * BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, to + 5 * BYTES, ORDER);
        b2.intoMemorySegment(MEMORY, to + 6 * BYTES, ORDER);
        b3.intoMemorySegment(MEMORY, to + 7 * BYTES, ORDER);
        c0.intoMemorySegment(MEMORY, to + 8 * BYTES, ORDER);
        c1.intoMemorySegment(MEMORY, to + 9 * BYTES, ORDER);
        c2.intoMemorySegment(MEMORY, to + 10 * BYTES, ORDER);
        c3.intoMemorySegment(MEMORY, to + 11 * BYTES, ORDER);
        d0.intoMemorySegment(MEMORY, to + 12 * BYTES, ORDER);
        d1.intoMemorySegment(MEMORY, to + 13 * BYTES, ORDER);
        d2.intoMemorySegment(MEMORY, to + 14 * BYTES, ORDER);
        d3.intoMemorySegment(MEMORY, to + 15 * BYTES, ORDER);
        e0.intoMemorySegment(MEMORY, to + 16 * BYTES, ORDER);
        e1.intoMemorySegment(MEMORY, to + 17 * BYTES, ORDER);
        e2.intoMemorySegment(MEMORY, to + 18 * BYTES, ORDER);
        e3.intoMemorySegment(MEMORY, to + 19 * BYTES, ORDER);
        f0.intoMemorySegment(MEMORY, to + 20 * BYTES, ORDER);
        f1.intoMemorySegment(MEMORY, to + 21 * BYTES, ORDER);
        f2.intoMemorySegment(MEMORY, to + 22 * BYTES, ORDER);
        f3.intoMemorySegment(MEMORY, to + 23 * BYTES, ORDER);
    }

    /**
     * Adds sums of classes of columns, {@code ((sums + level 0) + level 1) + ...}: so each pair of classes meets as the
     * tree of {@link LaneSums} has it.
     *
     * @param sums {@code [token][row]} of a tile
     * @param levels the same of level 0
     * @param count levels to add
     * @param pitch bytes from level to level
     * @param to receives {@code [token][row]}
     */
    static void merge(long sums, long levels, int count, long pitch, long to) {
        long from = address(sums);
        long first = address(levels);
        long at = address(to);
        long next = pitch & ADDRESS;
        for (int t = 0; t < TOKENS; t++) {
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, from, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, from + BYTES, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, from + 2 * BYTES, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, from + 3 * BYTES, ORDER);
            long level = first;
            for (int i = 0; i < count; i++) {
                v0 = v0.add(FloatVector.fromMemorySegment(F, MEMORY, level, ORDER));
                v1 = v1.add(FloatVector.fromMemorySegment(F, MEMORY, level + BYTES, ORDER));
                v2 = v2.add(FloatVector.fromMemorySegment(F, MEMORY, level + 2 * BYTES, ORDER));
                v3 = v3.add(FloatVector.fromMemorySegment(F, MEMORY, level + 3 * BYTES, ORDER));
                level = (level + next) & ADDRESS;
            }
            v0.intoMemorySegment(MEMORY, at, ORDER);
            v1.intoMemorySegment(MEMORY, at + BYTES, ORDER);
            v2.intoMemorySegment(MEMORY, at + 2 * BYTES, ORDER);
            v3.intoMemorySegment(MEMORY, at + 3 * BYTES, ORDER);
            from = (from + PITCH) & ADDRESS;
            first = (first + PITCH) & ADDRESS;
            at = (at + PITCH) & ADDRESS;
        }
    }

    /** Copies sums, {@code [token][row]}, to tokens {@code pitch} bytes apart. */
    static void put(long sums, long to, long pitch, int tokens) {
        long from = address(sums);
        long at = address(to);
        long apart = pitch & ADDRESS;
        for (int t = 0; t < tokens; t++) {
            FloatVector.fromMemorySegment(F, MEMORY, from, ORDER).intoMemorySegment(MEMORY, at, ORDER);
            FloatVector.fromMemorySegment(F, MEMORY, from + BYTES, ORDER).intoMemorySegment(MEMORY, at + BYTES, ORDER);
            FloatVector.fromMemorySegment(F, MEMORY, from + 2 * BYTES, ORDER)
                    .intoMemorySegment(MEMORY, at + 2 * BYTES, ORDER);
            FloatVector.fromMemorySegment(F, MEMORY, from + 3 * BYTES, ORDER)
                    .intoMemorySegment(MEMORY, at + 3 * BYTES, ORDER);
            from = (from + PITCH) & ADDRESS;
            at = (at + apart) & ADDRESS;
        }
    }

    /** {@link #put} that adds them to what is there. */
    static void add(long sums, long to, long pitch, int tokens) {
        long from = address(sums);
        long at = address(to);
        long apart = pitch & ADDRESS;
        for (int t = 0; t < tokens; t++) {
            FloatVector.fromMemorySegment(F, MEMORY, at, ORDER)
                    .add(FloatVector.fromMemorySegment(F, MEMORY, from, ORDER))
                    .intoMemorySegment(MEMORY, at, ORDER);
            FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER)
                    .add(FloatVector.fromMemorySegment(F, MEMORY, from + BYTES, ORDER))
                    .intoMemorySegment(MEMORY, at + BYTES, ORDER);
            FloatVector.fromMemorySegment(F, MEMORY, at + 2 * BYTES, ORDER)
                    .add(FloatVector.fromMemorySegment(F, MEMORY, from + 2 * BYTES, ORDER))
                    .intoMemorySegment(MEMORY, at + 2 * BYTES, ORDER);
            FloatVector.fromMemorySegment(F, MEMORY, at + 3 * BYTES, ORDER)
                    .add(FloatVector.fromMemorySegment(F, MEMORY, from + 3 * BYTES, ORDER))
                    .intoMemorySegment(MEMORY, at + 3 * BYTES, ORDER);
            from = (from + PITCH) & ADDRESS;
            at = (at + apart) & ADDRESS;
        }
    }
}
