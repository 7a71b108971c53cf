package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.address;

import jdk.incubator.vector.FloatVector;

/**
 * Five rows of f32 weights times four, two or one token: the inner product of some tokens, or of few rows. Lanes run along
 * the columns.
 *
 * <p>20 accumulators, one for each row and token, leave C2 enough of the 32 registers of AVX-512 and NEON to load ahead. A panel
 * holds a part of the rows packed in the order of use, so that it streams from L1 (20 KiB) through one pointer: a pointer a row
 * costs an addition a load, on ports that multiply-add needs. Two vectors of each row a step were up to two points faster, and in
 * at least two of fourteen processes C2 left boxes. Per thread on a Xeon with AMX, 96 tokens, of a peak of 217 GFLOP/s, with an
 * index in place of pointers: six rows by pointers 113 (2048 columns) and 128 (1024), five by pointers 137 (1024), five packed 159
 * (2048) and 152 (1024).
 */
final class Tile {
    /** Rows of a tile. */
    static final int ROWS = 5;

    /** Bytes from vector to vector of a row. */
    static final int PITCH = ROWS * BYTES;

    private Tile() {}

    /**
     * Multiplies with four tokens.
     *
     * @param w the panel: of each strip the even columns of the five rows, then the odd ones
     * @param x the same of the four tokens
     * @param cols columns of a part, whole strips
     * @param sums receives {@code [token][row]} vectors
     */
    static void four(long w, long x, int cols, long sums) {
        long a = address(w);
        long b = address(x);
        long c = address(sums);
        FloatVector c00 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F);
        FloatVector c01 = FloatVector.zero(F);
        FloatVector c11 = FloatVector.zero(F);
        FloatVector c21 = FloatVector.zero(F);
        FloatVector c31 = FloatVector.zero(F);
        FloatVector c41 = FloatVector.zero(F);
        FloatVector c02 = FloatVector.zero(F);
        FloatVector c12 = FloatVector.zero(F);
        FloatVector c22 = FloatVector.zero(F);
        FloatVector c32 = FloatVector.zero(F);
        FloatVector c42 = FloatVector.zero(F);
        FloatVector c03 = FloatVector.zero(F);
        FloatVector c13 = FloatVector.zero(F);
        FloatVector c23 = FloatVector.zero(F);
        FloatVector c33 = FloatVector.zero(F);
        FloatVector c43 = FloatVector.zero(F);
        for (int i = 0; i < cols; i += LANES) {
            FloatVector x0 = FloatVector.fromMemorySegment(F, MEMORY, b, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(F, MEMORY, b + BYTES, ORDER);
            FloatVector x2 = FloatVector.fromMemorySegment(F, MEMORY, b + 2 * BYTES, ORDER);
            FloatVector x3 = FloatVector.fromMemorySegment(F, MEMORY, b + 3 * BYTES, ORDER);
            FloatVector w0 = FloatVector.fromMemorySegment(F, MEMORY, a, ORDER);
            c00 = w0.fma(x0, c00);
            c01 = w0.fma(x1, c01);
            c02 = w0.fma(x2, c02);
            c03 = w0.fma(x3, c03);
            FloatVector w1 = FloatVector.fromMemorySegment(F, MEMORY, a + BYTES, ORDER);
            c10 = w1.fma(x0, c10);
            c11 = w1.fma(x1, c11);
            c12 = w1.fma(x2, c12);
            c13 = w1.fma(x3, c13);
            FloatVector w2 = FloatVector.fromMemorySegment(F, MEMORY, a + 2 * BYTES, ORDER);
            c20 = w2.fma(x0, c20);
            c21 = w2.fma(x1, c21);
            c22 = w2.fma(x2, c22);
            c23 = w2.fma(x3, c23);
            FloatVector w3 = FloatVector.fromMemorySegment(F, MEMORY, a + 3 * BYTES, ORDER);
            c30 = w3.fma(x0, c30);
            c31 = w3.fma(x1, c31);
            c32 = w3.fma(x2, c32);
            c33 = w3.fma(x3, c33);
            FloatVector w4 = FloatVector.fromMemorySegment(F, MEMORY, a + 4 * BYTES, ORDER);
            c40 = w4.fma(x0, c40);
            c41 = w4.fma(x1, c41);
            c42 = w4.fma(x2, c42);
            c43 = w4.fma(x3, c43);
            a = (a + PITCH) & ADDRESS;
            b = (b + 4 * BYTES) & ADDRESS;
        }
        c00.intoMemorySegment(MEMORY, c, ORDER);
        c10.intoMemorySegment(MEMORY, c + BYTES, ORDER);
        c20.intoMemorySegment(MEMORY, c + 2 * BYTES, ORDER);
        c30.intoMemorySegment(MEMORY, c + 3 * BYTES, ORDER);
        c40.intoMemorySegment(MEMORY, c + 4 * BYTES, ORDER);
        c01.intoMemorySegment(MEMORY, c + 5 * BYTES, ORDER);
        c11.intoMemorySegment(MEMORY, c + 6 * BYTES, ORDER);
        c21.intoMemorySegment(MEMORY, c + 7 * BYTES, ORDER);
        c31.intoMemorySegment(MEMORY, c + 8 * BYTES, ORDER);
        c41.intoMemorySegment(MEMORY, c + 9 * BYTES, ORDER);
        c02.intoMemorySegment(MEMORY, c + 10 * BYTES, ORDER);
        c12.intoMemorySegment(MEMORY, c + 11 * BYTES, ORDER);
        c22.intoMemorySegment(MEMORY, c + 12 * BYTES, ORDER);
        c32.intoMemorySegment(MEMORY, c + 13 * BYTES, ORDER);
        c42.intoMemorySegment(MEMORY, c + 14 * BYTES, ORDER);
        c03.intoMemorySegment(MEMORY, c + 15 * BYTES, ORDER);
        c13.intoMemorySegment(MEMORY, c + 16 * BYTES, ORDER);
        c23.intoMemorySegment(MEMORY, c + 17 * BYTES, ORDER);
        c33.intoMemorySegment(MEMORY, c + 18 * BYTES, ORDER);
        c43.intoMemorySegment(MEMORY, c + 19 * BYTES, ORDER);
    }

    /** As {@link #four} for two tokens. */
    static void two(long w, long x, int cols, long sums) {
        long a = address(w);
        long b = address(x);
        long c = address(sums);
        FloatVector c00 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F);
        FloatVector c01 = FloatVector.zero(F);
        FloatVector c11 = FloatVector.zero(F);
        FloatVector c21 = FloatVector.zero(F);
        FloatVector c31 = FloatVector.zero(F);
        FloatVector c41 = FloatVector.zero(F);
        for (int i = 0; i < cols; i += LANES) {
            FloatVector x0 = FloatVector.fromMemorySegment(F, MEMORY, b, ORDER);
            FloatVector x1 = FloatVector.fromMemorySegment(F, MEMORY, b + BYTES, ORDER);
            FloatVector w0 = FloatVector.fromMemorySegment(F, MEMORY, a, ORDER);
            c00 = w0.fma(x0, c00);
            c01 = w0.fma(x1, c01);
            FloatVector w1 = FloatVector.fromMemorySegment(F, MEMORY, a + BYTES, ORDER);
            c10 = w1.fma(x0, c10);
            c11 = w1.fma(x1, c11);
            FloatVector w2 = FloatVector.fromMemorySegment(F, MEMORY, a + 2 * BYTES, ORDER);
            c20 = w2.fma(x0, c20);
            c21 = w2.fma(x1, c21);
            FloatVector w3 = FloatVector.fromMemorySegment(F, MEMORY, a + 3 * BYTES, ORDER);
            c30 = w3.fma(x0, c30);
            c31 = w3.fma(x1, c31);
            FloatVector w4 = FloatVector.fromMemorySegment(F, MEMORY, a + 4 * BYTES, ORDER);
            c40 = w4.fma(x0, c40);
            c41 = w4.fma(x1, c41);
            a = (a + PITCH) & ADDRESS;
            b = (b + 2 * BYTES) & ADDRESS;
        }
        c00.intoMemorySegment(MEMORY, c, ORDER);
        c10.intoMemorySegment(MEMORY, c + BYTES, ORDER);
        c20.intoMemorySegment(MEMORY, c + 2 * BYTES, ORDER);
        c30.intoMemorySegment(MEMORY, c + 3 * BYTES, ORDER);
        c40.intoMemorySegment(MEMORY, c + 4 * BYTES, ORDER);
        c01.intoMemorySegment(MEMORY, c + 5 * BYTES, ORDER);
        c11.intoMemorySegment(MEMORY, c + 6 * BYTES, ORDER);
        c21.intoMemorySegment(MEMORY, c + 7 * BYTES, ORDER);
        c31.intoMemorySegment(MEMORY, c + 8 * BYTES, ORDER);
        c41.intoMemorySegment(MEMORY, c + 9 * BYTES, ORDER);
    }

    /** As {@link #four} for one token. */
    static void one(long w, long x, int cols, long sums) {
        long a = address(w);
        long b = address(x);
        long c = address(sums);
        FloatVector c00 = FloatVector.zero(F);
        FloatVector c10 = FloatVector.zero(F);
        FloatVector c20 = FloatVector.zero(F);
        FloatVector c30 = FloatVector.zero(F);
        FloatVector c40 = FloatVector.zero(F);
        for (int i = 0; i < cols; i += LANES) {
            FloatVector x0 = FloatVector.fromMemorySegment(F, MEMORY, b, ORDER);
            FloatVector w0 = FloatVector.fromMemorySegment(F, MEMORY, a, ORDER);
            c00 = w0.fma(x0, c00);
            FloatVector w1 = FloatVector.fromMemorySegment(F, MEMORY, a + BYTES, ORDER);
            c10 = w1.fma(x0, c10);
            FloatVector w2 = FloatVector.fromMemorySegment(F, MEMORY, a + 2 * BYTES, ORDER);
            c20 = w2.fma(x0, c20);
            FloatVector w3 = FloatVector.fromMemorySegment(F, MEMORY, a + 3 * BYTES, ORDER);
            c30 = w3.fma(x0, c30);
            FloatVector w4 = FloatVector.fromMemorySegment(F, MEMORY, a + 4 * BYTES, ORDER);
            c40 = w4.fma(x0, c40);
            a = (a + PITCH) & ADDRESS;
            b = (b + BYTES) & ADDRESS;
        }
        c00.intoMemorySegment(MEMORY, c, ORDER);
        c10.intoMemorySegment(MEMORY, c + BYTES, ORDER);
        c20.intoMemorySegment(MEMORY, c + 2 * BYTES, ORDER);
        c30.intoMemorySegment(MEMORY, c + 3 * BYTES, ORDER);
        c40.intoMemorySegment(MEMORY, c + 4 * BYTES, ORDER);
    }
}
