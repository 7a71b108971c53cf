package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.J;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_I2L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/**
 * {@link AttentionTile} without a panel, for few rows: {@code c[r][i] += sum_j a[r][j] * m[j][i]}, by multiply-add,
 * {@code j} ascending, with {@code m} as BF16 where it lies in its page. A vector of memory is two of floats, one shift
 * and one mask: those of even columns and those of odd ones. Sums keep that order, each two vectors of {@code c} in their
 * own, until {@link #inOrder}. Rows of {@code a} and {@code c} lie {@link Panel#SIDE} floats apart.
 */
final class PairTile {
    private static final int SIDE = Panel.SIDE;

    /** Bytes from row to row of {@code a} and {@code c}. */
    private static final long ROW = 4L * SIDE;

    /** Keeps an index small by its type, so that C2 folds its multiples into addresses. */
    private static final int INDEX = SIDE - 1;

    private PairTile() {}

    /** Rows of {@code m} to multiply in one call, so that hints go out for each KiB that is read: few, and often. */
    static int steps(int rows) {
        return rows > 4 ? 16 : 8;
    }

    /**
     * As the class says, for {@code rows} of 1 to 8 and {@link Panel#SIDE} columns; up to three more rows of {@code c} are
     * written, and of no use.
     *
     * @param m row 0 of the matrix
     * @param pitch bytes from row to row of it
     * @param to {@link #steps} after {@code from}, or before
     * @param ahead the first of four places to ask memory for, each for a quarter of the bytes that are read here
     * @param apart bytes from place to place
     */
    static void multiply(int rows, long a, long m, int pitch, int from, int to, long c, long ahead, long apart) {
        Prefetch.fourOfFour(ahead, apart);
        if (rows > 4) {
            for (int col = 0; col < SIDE; col += 2 * LANES) {
                if (col == SIDE / 2) {
                    Prefetch.fourOfFour(ahead + 256, apart);
                }
                eight(a, m + 2L * col, pitch, from, to, c + 4L * col);
            }
        } else if (rows > 2) {
            for (int col = 0; col < SIDE; col += 4 * LANES) {
                four(a, m + 2L * col, pitch, from, to, c + 4L * col);
            }
        } else {
            for (int col = 0; col < SIDE; col += 4 * LANES) {
                two(a, m + 2L * col, pitch, from, to, c + 4L * col);
            }
        }
    }

    /** Puts even and odd columns of {@code cols} in turn, as they lay in memory. */
    static void inOrder(long cAt, int cols) {
        long c = Lanes.address(cAt);
        for (int col = 0; col < cols; col += 2 * LANES) {
            long at = c + 4L * (col & Integer.MAX_VALUE);
            IntVector even = IntVector.fromMemorySegment(I, MEMORY, at, ORDER);
            IntVector odd = IntVector.fromMemorySegment(I, MEMORY, at + BYTES, ORDER);
            LongVector first = (LongVector) even.convertShape(ZERO_EXTEND_I2L, J, 0);
            LongVector second = (LongVector) even.convertShape(ZERO_EXTEND_I2L, J, 1);
            ((LongVector) odd.convertShape(ZERO_EXTEND_I2L, J, 0))
                    .lanewise(LSHL, 32)
                    .lanewise(OR, first)
                    .intoMemorySegment(MEMORY, at, ORDER);
            ((LongVector) odd.convertShape(ZERO_EXTEND_I2L, J, 1))
                    .lanewise(LSHL, 32)
                    .lanewise(OR, second)
                    .intoMemorySegment(MEMORY, at + BYTES, ORDER);
        }
    }

    private static void eight(long aAt, long mAt, int pitch, int from, int to, long cAt) {
        long a = Lanes.address(aAt);
        long m = Lanes.address(mAt);
        long c = Lanes.address(cAt);
        FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, c, ORDER);
        FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, c + BYTES, ORDER);
        FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW, ORDER);
        FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW + BYTES, ORDER);
        FloatVector c20 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * ROW, ORDER);
        FloatVector c21 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * ROW + BYTES, ORDER);
        FloatVector c30 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * ROW, ORDER);
        FloatVector c31 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * ROW + BYTES, ORDER);
        FloatVector c40 = FloatVector.fromMemorySegment(F, MEMORY, c + 4 * ROW, ORDER);
        FloatVector c41 = FloatVector.fromMemorySegment(F, MEMORY, c + 4 * ROW + BYTES, ORDER);
        FloatVector c50 = FloatVector.fromMemorySegment(F, MEMORY, c + 5 * ROW, ORDER);
        FloatVector c51 = FloatVector.fromMemorySegment(F, MEMORY, c + 5 * ROW + BYTES, ORDER);
        FloatVector c60 = FloatVector.fromMemorySegment(F, MEMORY, c + 6 * ROW, ORDER);
        FloatVector c61 = FloatVector.fromMemorySegment(F, MEMORY, c + 6 * ROW + BYTES, ORDER);
        FloatVector c70 = FloatVector.fromMemorySegment(F, MEMORY, c + 7 * ROW, ORDER);
        FloatVector c71 = FloatVector.fromMemorySegment(F, MEMORY, c + 7 * ROW + BYTES, ORDER);
        for (int step = from; step < to; step++) {
            int j = step & INDEX;
            long x = a + 4L * j;
            long at = m + (j * pitch & Integer.MAX_VALUE);
            IntVector b0 = IntVector.fromMemorySegment(I, MEMORY, at, ORDER);
            FloatVector m0 = b0.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector m1 = b0.lanewise(AND, DenseRows.UPPER).reinterpretAsFloats();
            FloatVector a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x));
            c00 = m0.fma(a0, c00);
            c01 = m1.fma(a0, c01);
            FloatVector a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + ROW));
            c10 = m0.fma(a1, c10);
            c11 = m1.fma(a1, c11);
            FloatVector a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 2 * ROW));
            c20 = m0.fma(a2, c20);
            c21 = m1.fma(a2, c21);
            FloatVector a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 3 * ROW));
            c30 = m0.fma(a3, c30);
            c31 = m1.fma(a3, c31);
            FloatVector a4 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 4 * ROW));
            c40 = m0.fma(a4, c40);
            c41 = m1.fma(a4, c41);
            FloatVector a5 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 5 * ROW));
            c50 = m0.fma(a5, c50);
            c51 = m1.fma(a5, c51);
            FloatVector a6 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 6 * ROW));
            c60 = m0.fma(a6, c60);
            c61 = m1.fma(a6, c61);
            FloatVector a7 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 7 * ROW));
            c70 = m0.fma(a7, c70);
            c71 = m1.fma(a7, c71);
        }
        c00.intoMemorySegment(MEMORY, c, ORDER);
        c01.intoMemorySegment(MEMORY, c + BYTES, ORDER);
        c10.intoMemorySegment(MEMORY, c + ROW, ORDER);
        c11.intoMemorySegment(MEMORY, c + ROW + BYTES, ORDER);
        c20.intoMemorySegment(MEMORY, c + 2 * ROW, ORDER);
        c21.intoMemorySegment(MEMORY, c + 2 * ROW + BYTES, ORDER);
        c30.intoMemorySegment(MEMORY, c + 3 * ROW, ORDER);
        c31.intoMemorySegment(MEMORY, c + 3 * ROW + BYTES, ORDER);
        c40.intoMemorySegment(MEMORY, c + 4 * ROW, ORDER);
        c41.intoMemorySegment(MEMORY, c + 4 * ROW + BYTES, ORDER);
        c50.intoMemorySegment(MEMORY, c + 5 * ROW, ORDER);
        c51.intoMemorySegment(MEMORY, c + 5 * ROW + BYTES, ORDER);
        c60.intoMemorySegment(MEMORY, c + 6 * ROW, ORDER);
        c61.intoMemorySegment(MEMORY, c + 6 * ROW + BYTES, ORDER);
        c70.intoMemorySegment(MEMORY, c + 7 * ROW, ORDER);
        c71.intoMemorySegment(MEMORY, c + 7 * ROW + BYTES, ORDER);
    }

    private static void four(long aAt, long mAt, int pitch, int from, int to, long cAt) {
        long a = Lanes.address(aAt);
        long m = Lanes.address(mAt);
        long c = Lanes.address(cAt);
        FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, c, ORDER);
        FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, c + BYTES, ORDER);
        FloatVector c02 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * BYTES, ORDER);
        FloatVector c03 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * BYTES, ORDER);
        FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW, ORDER);
        FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW + BYTES, ORDER);
        FloatVector c12 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW + 2 * BYTES, ORDER);
        FloatVector c13 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW + 3 * BYTES, ORDER);
        FloatVector c20 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * ROW, ORDER);
        FloatVector c21 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * ROW + BYTES, ORDER);
        FloatVector c22 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * ROW + 2 * BYTES, ORDER);
        FloatVector c23 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * ROW + 3 * BYTES, ORDER);
        FloatVector c30 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * ROW, ORDER);
        FloatVector c31 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * ROW + BYTES, ORDER);
        FloatVector c32 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * ROW + 2 * BYTES, ORDER);
        FloatVector c33 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * ROW + 3 * BYTES, ORDER);
        for (int step = from; step < to; step++) {
            int j = step & INDEX;
            long x = a + 4L * j;
            long at = m + (j * pitch & Integer.MAX_VALUE);
            IntVector b0 = IntVector.fromMemorySegment(I, MEMORY, at, ORDER);
            IntVector b1 = IntVector.fromMemorySegment(I, MEMORY, at + BYTES, ORDER);
            FloatVector m0 = b0.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector m1 = b0.lanewise(AND, DenseRows.UPPER).reinterpretAsFloats();
            FloatVector m2 = b1.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector m3 = b1.lanewise(AND, DenseRows.UPPER).reinterpretAsFloats();
            FloatVector a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x));
            c00 = m0.fma(a0, c00);
            c01 = m1.fma(a0, c01);
            c02 = m2.fma(a0, c02);
            c03 = m3.fma(a0, c03);
            FloatVector a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + ROW));
            c10 = m0.fma(a1, c10);
            c11 = m1.fma(a1, c11);
            c12 = m2.fma(a1, c12);
            c13 = m3.fma(a1, c13);
            FloatVector a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 2 * ROW));
            c20 = m0.fma(a2, c20);
            c21 = m1.fma(a2, c21);
            c22 = m2.fma(a2, c22);
            c23 = m3.fma(a2, c23);
            FloatVector a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 3 * ROW));
            c30 = m0.fma(a3, c30);
            c31 = m1.fma(a3, c31);
            c32 = m2.fma(a3, c32);
            c33 = m3.fma(a3, c33);
        }
        c00.intoMemorySegment(MEMORY, c, ORDER);
        c01.intoMemorySegment(MEMORY, c + BYTES, ORDER);
        c02.intoMemorySegment(MEMORY, c + 2 * BYTES, ORDER);
        c03.intoMemorySegment(MEMORY, c + 3 * BYTES, ORDER);
        c10.intoMemorySegment(MEMORY, c + ROW, ORDER);
        c11.intoMemorySegment(MEMORY, c + ROW + BYTES, ORDER);
        c12.intoMemorySegment(MEMORY, c + ROW + 2 * BYTES, ORDER);
        c13.intoMemorySegment(MEMORY, c + ROW + 3 * BYTES, ORDER);
        c20.intoMemorySegment(MEMORY, c + 2 * ROW, ORDER);
        c21.intoMemorySegment(MEMORY, c + 2 * ROW + BYTES, ORDER);
        c22.intoMemorySegment(MEMORY, c + 2 * ROW + 2 * BYTES, ORDER);
        c23.intoMemorySegment(MEMORY, c + 2 * ROW + 3 * BYTES, ORDER);
        c30.intoMemorySegment(MEMORY, c + 3 * ROW, ORDER);
        c31.intoMemorySegment(MEMORY, c + 3 * ROW + BYTES, ORDER);
        c32.intoMemorySegment(MEMORY, c + 3 * ROW + 2 * BYTES, ORDER);
        c33.intoMemorySegment(MEMORY, c + 3 * ROW + 3 * BYTES, ORDER);
    }

    private static void two(long aAt, long mAt, int pitch, int from, int to, long cAt) {
        long a = Lanes.address(aAt);
        long m = Lanes.address(mAt);
        long c = Lanes.address(cAt);
        FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, c, ORDER);
        FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, c + BYTES, ORDER);
        FloatVector c02 = FloatVector.fromMemorySegment(F, MEMORY, c + 2 * BYTES, ORDER);
        FloatVector c03 = FloatVector.fromMemorySegment(F, MEMORY, c + 3 * BYTES, ORDER);
        FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW, ORDER);
        FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW + BYTES, ORDER);
        FloatVector c12 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW + 2 * BYTES, ORDER);
        FloatVector c13 = FloatVector.fromMemorySegment(F, MEMORY, c + ROW + 3 * BYTES, ORDER);
        for (int step = from; step < to; step++) {
            int j = step & INDEX;
            long x = a + 4L * j;
            long at = m + (j * pitch & Integer.MAX_VALUE);
            IntVector b0 = IntVector.fromMemorySegment(I, MEMORY, at, ORDER);
            IntVector b1 = IntVector.fromMemorySegment(I, MEMORY, at + BYTES, ORDER);
            FloatVector m0 = b0.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector m1 = b0.lanewise(AND, DenseRows.UPPER).reinterpretAsFloats();
            FloatVector m2 = b1.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector m3 = b1.lanewise(AND, DenseRows.UPPER).reinterpretAsFloats();
            FloatVector a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x));
            c00 = m0.fma(a0, c00);
            c01 = m1.fma(a0, c01);
            c02 = m2.fma(a0, c02);
            c03 = m3.fma(a0, c03);
            FloatVector a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + ROW));
            c10 = m0.fma(a1, c10);
            c11 = m1.fma(a1, c11);
            c12 = m2.fma(a1, c12);
            c13 = m3.fma(a1, c13);
        }
        c00.intoMemorySegment(MEMORY, c, ORDER);
        c01.intoMemorySegment(MEMORY, c + BYTES, ORDER);
        c02.intoMemorySegment(MEMORY, c + 2 * BYTES, ORDER);
        c03.intoMemorySegment(MEMORY, c + 3 * BYTES, ORDER);
        c10.intoMemorySegment(MEMORY, c + ROW, ORDER);
        c11.intoMemorySegment(MEMORY, c + ROW + BYTES, ORDER);
        c12.intoMemorySegment(MEMORY, c + ROW + 2 * BYTES, ORDER);
        c13.intoMemorySegment(MEMORY, c + ROW + 3 * BYTES, ORDER);
    }
}
