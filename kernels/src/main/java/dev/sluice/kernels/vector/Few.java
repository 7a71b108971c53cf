package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;

import jdk.incubator.vector.FloatVector;

/**
 * Two rows of f32 weights times four or two tokens, continued from chunk to chunk of the rows: the inner product where
 * tokens are few and the weights come from memory. Two, because one alone waits for its sums.
 */
final class Few {
    /** Tokens at most. */
    static final int TOKENS = 4;

    private Few() {}

    /**
     * Multiplies whole strips.
     *
     * @param w the chunk of a row, of each strip the even columns and then the odd ones
     * @param next the same of the next row
     * @param x the same of four tokens: of each strip the even columns of all, then the odd ones
     * @param cols columns, whole strips
     * @param sums {@code [row][token]}, continued
     */
    static void four(long w, long next, long x, int cols, long sums) {
        long w0 = address(w);
        long w1 = address(next);
        long first = address(x);
        FloatVector a0 = FloatVector.fromMemorySegment(F, MEMORY, sums, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(F, MEMORY, sums + BYTES, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(F, MEMORY, sums + 2 * BYTES, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(F, MEMORY, sums + 3 * BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(F, MEMORY, sums + 4 * BYTES, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(F, MEMORY, sums + 5 * BYTES, ORDER);
        FloatVector b2 = FloatVector.fromMemorySegment(F, MEMORY, sums + 6 * BYTES, ORDER);
        FloatVector b3 = FloatVector.fromMemorySegment(F, MEMORY, sums + 7 * BYTES, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            long from = first + 4 * at;
            FloatVector a = FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(F, MEMORY, w1 + at, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(F, MEMORY, from, ORDER);
            a0 = a.fma(x0, a0);
            b0 = b.fma(x0, b0);
            FloatVector x1 = FloatVector.fromMemorySegment(F, MEMORY, from + BYTES, ORDER);
            a1 = a.fma(x1, a1);
            b1 = b.fma(x1, b1);
            FloatVector x2 = FloatVector.fromMemorySegment(F, MEMORY, from + 2 * BYTES, ORDER);
            a2 = a.fma(x2, a2);
            b2 = b.fma(x2, b2);
            FloatVector x3 = FloatVector.fromMemorySegment(F, MEMORY, from + 3 * BYTES, ORDER);
            a3 = a.fma(x3, a3);
            b3 = b.fma(x3, b3);
            a = FloatVector.fromMemorySegment(F, MEMORY, w0 + at + BYTES, ORDER);
            b = FloatVector.fromMemorySegment(F, MEMORY, w1 + at + BYTES, ORDER);
            x0 = FloatVector.fromMemorySegment(F, MEMORY, from + 4 * BYTES, ORDER);
            a0 = a.fma(x0, a0);
            b0 = b.fma(x0, b0);
            x1 = FloatVector.fromMemorySegment(F, MEMORY, from + 5 * BYTES, ORDER);
            a1 = a.fma(x1, a1);
            b1 = b.fma(x1, b1);
            x2 = FloatVector.fromMemorySegment(F, MEMORY, from + 6 * BYTES, ORDER);
            a2 = a.fma(x2, a2);
            b2 = b.fma(x2, b2);
            x3 = FloatVector.fromMemorySegment(F, MEMORY, from + 7 * BYTES, ORDER);
            a3 = a.fma(x3, a3);
            b3 = b.fma(x3, b3);
        }
        a0.intoMemorySegment(MEMORY, sums, ORDER);
        a1.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        a2.intoMemorySegment(MEMORY, sums + 2 * BYTES, ORDER);
        a3.intoMemorySegment(MEMORY, sums + 3 * BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, sums + 4 * BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, sums + 5 * BYTES, ORDER);
        b2.intoMemorySegment(MEMORY, sums + 6 * BYTES, ORDER);
        b3.intoMemorySegment(MEMORY, sums + 7 * BYTES, ORDER);
    }

    /** As {@link #four} for two tokens, whose sums lie as those of the first two of four. */
    static void two(long w, long next, long x, int cols, long sums) {
        long w0 = address(w);
        long w1 = address(next);
        long first = address(x);
        FloatVector a0 = FloatVector.fromMemorySegment(F, MEMORY, sums, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(F, MEMORY, sums + BYTES, ORDER);
        FloatVector b0 = FloatVector.fromMemorySegment(F, MEMORY, sums + 4 * BYTES, ORDER);
        FloatVector b1 = FloatVector.fromMemorySegment(F, MEMORY, sums + 5 * BYTES, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            long from = first + 2 * at;
            FloatVector a = FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(F, MEMORY, w1 + at, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(F, MEMORY, from, ORDER);
            a0 = a.fma(x0, a0);
            b0 = b.fma(x0, b0);
            FloatVector x1 = FloatVector.fromMemorySegment(F, MEMORY, from + BYTES, ORDER);
            a1 = a.fma(x1, a1);
            b1 = b.fma(x1, b1);
            a = FloatVector.fromMemorySegment(F, MEMORY, w0 + at + BYTES, ORDER);
            b = FloatVector.fromMemorySegment(F, MEMORY, w1 + at + BYTES, ORDER);
            x0 = FloatVector.fromMemorySegment(F, MEMORY, from + 2 * BYTES, ORDER);
            a0 = a.fma(x0, a0);
            b0 = b.fma(x0, b0);
            x1 = FloatVector.fromMemorySegment(F, MEMORY, from + 3 * BYTES, ORDER);
            a1 = a.fma(x1, a1);
            b1 = b.fma(x1, b1);
        }
        a0.intoMemorySegment(MEMORY, sums, ORDER);
        a1.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        b0.intoMemorySegment(MEMORY, sums + 4 * BYTES, ORDER);
        b1.intoMemorySegment(MEMORY, sums + 5 * BYTES, ORDER);
    }
}
