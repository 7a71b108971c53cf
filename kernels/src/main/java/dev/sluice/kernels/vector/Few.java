package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;

import jdk.incubator.vector.FloatVector;

/**
 * One row of f32 weights times four or two tokens, continued from chunk to chunk of the row: the inner product where
 * tokens are few and the weights come from memory, so that memory is read as one stream.
 */
final class Few {
    private Few() {}

    /**
     * Multiplies whole strips.
     *
     * @param w the chunk of the row
     * @param x0 the same columns of the first of four tokens
     * @param cols columns, whole strips
     * @param sums an even and an odd vector for each token, continued
     */
    static void row4(long w, long x0, long x1, long x2, long x3, int cols, long sums) {
        long a = address(w);
        long b0 = address(x0);
        long b1 = address(x1);
        long b2 = address(x2);
        long b3 = address(x3);
        FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, sums, ORDER);
        FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, sums + BYTES, ORDER);
        FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, sums + 2 * BYTES, ORDER);
        FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, sums + 3 * BYTES, ORDER);
        FloatVector c20 = FloatVector.fromMemorySegment(F, MEMORY, sums + 4 * BYTES, ORDER);
        FloatVector c21 = FloatVector.fromMemorySegment(F, MEMORY, sums + 5 * BYTES, ORDER);
        FloatVector c30 = FloatVector.fromMemorySegment(F, MEMORY, sums + 6 * BYTES, ORDER);
        FloatVector c31 = FloatVector.fromMemorySegment(F, MEMORY, sums + 7 * BYTES, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector w0 = FloatVector.fromMemorySegment(F, MEMORY, a + at, ORDER);
            c00 = w0.fma(FloatVector.fromMemorySegment(F, MEMORY, b0 + at, ORDER), c00);
            c10 = w0.fma(FloatVector.fromMemorySegment(F, MEMORY, b1 + at, ORDER), c10);
            c20 = w0.fma(FloatVector.fromMemorySegment(F, MEMORY, b2 + at, ORDER), c20);
            c30 = w0.fma(FloatVector.fromMemorySegment(F, MEMORY, b3 + at, ORDER), c30);
            FloatVector w1 = FloatVector.fromMemorySegment(F, MEMORY, a + at + BYTES, ORDER);
            c01 = w1.fma(FloatVector.fromMemorySegment(F, MEMORY, b0 + at + BYTES, ORDER), c01);
            c11 = w1.fma(FloatVector.fromMemorySegment(F, MEMORY, b1 + at + BYTES, ORDER), c11);
            c21 = w1.fma(FloatVector.fromMemorySegment(F, MEMORY, b2 + at + BYTES, ORDER), c21);
            c31 = w1.fma(FloatVector.fromMemorySegment(F, MEMORY, b3 + at + BYTES, ORDER), c31);
        }
        c00.intoMemorySegment(MEMORY, sums, ORDER);
        c01.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        c10.intoMemorySegment(MEMORY, sums + 2 * BYTES, ORDER);
        c11.intoMemorySegment(MEMORY, sums + 3 * BYTES, ORDER);
        c20.intoMemorySegment(MEMORY, sums + 4 * BYTES, ORDER);
        c21.intoMemorySegment(MEMORY, sums + 5 * BYTES, ORDER);
        c30.intoMemorySegment(MEMORY, sums + 6 * BYTES, ORDER);
        c31.intoMemorySegment(MEMORY, sums + 7 * BYTES, ORDER);
    }

    /** As {@link #row4} for 2 tokens. */
    static void row2(long w, long x0, long x1, int cols, long sums) {
        long a = address(w);
        long b0 = address(x0);
        long b1 = address(x1);
        FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, sums, ORDER);
        FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, sums + BYTES, ORDER);
        FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, sums + 2 * BYTES, ORDER);
        FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, sums + 3 * BYTES, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector w0 = FloatVector.fromMemorySegment(F, MEMORY, a + at, ORDER);
            c00 = w0.fma(FloatVector.fromMemorySegment(F, MEMORY, b0 + at, ORDER), c00);
            c10 = w0.fma(FloatVector.fromMemorySegment(F, MEMORY, b1 + at, ORDER), c10);
            FloatVector w1 = FloatVector.fromMemorySegment(F, MEMORY, a + at + BYTES, ORDER);
            c01 = w1.fma(FloatVector.fromMemorySegment(F, MEMORY, b0 + at + BYTES, ORDER), c01);
            c11 = w1.fma(FloatVector.fromMemorySegment(F, MEMORY, b1 + at + BYTES, ORDER), c11);
        }
        c00.intoMemorySegment(MEMORY, sums, ORDER);
        c01.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        c10.intoMemorySegment(MEMORY, sums + 2 * BYTES, ORDER);
        c11.intoMemorySegment(MEMORY, sums + 3 * BYTES, ORDER);
    }
}
