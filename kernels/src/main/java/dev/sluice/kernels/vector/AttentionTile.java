package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;

/**
 * Rows times a {@link Panel}: {@code c[r][i] = start[r][i] + sum_j a[r][j] * panel[j][i]}, by multiply-add, {@code j}
 * ascending. Scores are queries times a panel of keys, outputs are weights times a panel of values. Rows of {@code a},
 * {@code start} and {@code c} lie {@link Panel#SIDE} floats apart, so that one pointer and constants reach all of them.
 *
 * <p>Eight rows by two vectors are 16 sums, two vectors of the panel and a number for all lanes: C2 keeps them in 32
 * registers, and each load feeds two multiply-adds or eight.
 */
final class AttentionTile {
    private static final int SIDE = Panel.SIDE;

    /** Bytes from row to row. */
    private static final long ROW = 4L * SIDE;

    /** Keeps an index small by its type, so that C2 folds its multiples into addresses. */
    private static final int INDEX = SIDE - 1;

    private AttentionTile() {}

    /** No address to ask for. */
    static final long NOTHING = 0;

    /**
     * As the class says, for {@code rows} of 1 to 8; up to seven more of {@code c} are written, and of no use.
     *
     * @param ahead where to ask memory for {@code bytes}, a part before each pair of vectors, or {@link #NOTHING}
     */
    static void multiply(
            int rows, long a, long panel, int from, int to, long start, long c, int cols, long ahead, long bytes) {
        long part = bytes * 2 * LANES / SIDE;
        for (int col = 0; col < cols; col += 2 * LANES) {
            if (ahead != NOTHING) {
                Prefetch.lines(ahead + part * (col / (2 * LANES)), 0, part, 1);
            }
            multiply(rows, a, panel + ROW * col, from, to, start + 4L * col, c + 4L * col, 2 * LANES);
        }
    }

    /** Called from one place: C2 inlines all of this where it is called, and 18,000 nodes are its limit. */
    private static void multiply(int rows, long a, long panel, int from, int to, long start, long c, int cols) {
        if (rows > 4) {
            eight(a, panel, from, to, start, c, cols);
        } else if (rows > 2) {
            four(a, panel, from, to, start, c, cols);
        } else if (rows > 1) {
            two(a, panel, from, to, start, c, cols);
        } else {
            one(a, panel, from, to, start, c, cols);
        }
    }

    private static void eight(long aAt, long panelAt, int from, int to, long startAt, long cAt, int cols) {
        long a = Lanes.address(aAt);
        long panel = Lanes.address(panelAt);
        long start = Lanes.address(startAt);
        long c = Lanes.address(cAt);
        for (int col = 0; col < cols; col += 2 * LANES) {
            long at = 4L * (col & INDEX);
            long p = panel + ROW * (col & INDEX);
            FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, start + at, ORDER);
            FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, start + at + BYTES, ORDER);
            FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, start + ROW + at, ORDER);
            FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, start + ROW + at + BYTES, ORDER);
            FloatVector c20 = FloatVector.fromMemorySegment(F, MEMORY, start + 2 * ROW + at, ORDER);
            FloatVector c21 = FloatVector.fromMemorySegment(F, MEMORY, start + 2 * ROW + at + BYTES, ORDER);
            FloatVector c30 = FloatVector.fromMemorySegment(F, MEMORY, start + 3 * ROW + at, ORDER);
            FloatVector c31 = FloatVector.fromMemorySegment(F, MEMORY, start + 3 * ROW + at + BYTES, ORDER);
            FloatVector c40 = FloatVector.fromMemorySegment(F, MEMORY, start + 4 * ROW + at, ORDER);
            FloatVector c41 = FloatVector.fromMemorySegment(F, MEMORY, start + 4 * ROW + at + BYTES, ORDER);
            FloatVector c50 = FloatVector.fromMemorySegment(F, MEMORY, start + 5 * ROW + at, ORDER);
            FloatVector c51 = FloatVector.fromMemorySegment(F, MEMORY, start + 5 * ROW + at + BYTES, ORDER);
            FloatVector c60 = FloatVector.fromMemorySegment(F, MEMORY, start + 6 * ROW + at, ORDER);
            FloatVector c61 = FloatVector.fromMemorySegment(F, MEMORY, start + 6 * ROW + at + BYTES, ORDER);
            FloatVector c70 = FloatVector.fromMemorySegment(F, MEMORY, start + 7 * ROW + at, ORDER);
            FloatVector c71 = FloatVector.fromMemorySegment(F, MEMORY, start + 7 * ROW + at + BYTES, ORDER);
            for (int step = from; step < to; step++) {
                int j = step & INDEX;
                long x = a + 4L * j;
                FloatVector p0 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j, ORDER);
                FloatVector p1 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j + BYTES, ORDER);
                FloatVector a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x));
                c00 = p0.fma(a0, c00);
                c01 = p1.fma(a0, c01);
                FloatVector a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + ROW));
                c10 = p0.fma(a1, c10);
                c11 = p1.fma(a1, c11);
                FloatVector a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 2 * ROW));
                c20 = p0.fma(a2, c20);
                c21 = p1.fma(a2, c21);
                FloatVector a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 3 * ROW));
                c30 = p0.fma(a3, c30);
                c31 = p1.fma(a3, c31);
                FloatVector a4 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 4 * ROW));
                c40 = p0.fma(a4, c40);
                c41 = p1.fma(a4, c41);
                FloatVector a5 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 5 * ROW));
                c50 = p0.fma(a5, c50);
                c51 = p1.fma(a5, c51);
                FloatVector a6 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 6 * ROW));
                c60 = p0.fma(a6, c60);
                c61 = p1.fma(a6, c61);
                FloatVector a7 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 7 * ROW));
                c70 = p0.fma(a7, c70);
                c71 = p1.fma(a7, c71);
            }
            c00.intoMemorySegment(MEMORY, c + at, ORDER);
            c01.intoMemorySegment(MEMORY, c + at + BYTES, ORDER);
            c10.intoMemorySegment(MEMORY, c + ROW + at, ORDER);
            c11.intoMemorySegment(MEMORY, c + ROW + at + BYTES, ORDER);
            c20.intoMemorySegment(MEMORY, c + 2 * ROW + at, ORDER);
            c21.intoMemorySegment(MEMORY, c + 2 * ROW + at + BYTES, ORDER);
            c30.intoMemorySegment(MEMORY, c + 3 * ROW + at, ORDER);
            c31.intoMemorySegment(MEMORY, c + 3 * ROW + at + BYTES, ORDER);
            c40.intoMemorySegment(MEMORY, c + 4 * ROW + at, ORDER);
            c41.intoMemorySegment(MEMORY, c + 4 * ROW + at + BYTES, ORDER);
            c50.intoMemorySegment(MEMORY, c + 5 * ROW + at, ORDER);
            c51.intoMemorySegment(MEMORY, c + 5 * ROW + at + BYTES, ORDER);
            c60.intoMemorySegment(MEMORY, c + 6 * ROW + at, ORDER);
            c61.intoMemorySegment(MEMORY, c + 6 * ROW + at + BYTES, ORDER);
            c70.intoMemorySegment(MEMORY, c + 7 * ROW + at, ORDER);
            c71.intoMemorySegment(MEMORY, c + 7 * ROW + at + BYTES, ORDER);
        }
    }

    private static void four(long aAt, long panelAt, int from, int to, long startAt, long cAt, int cols) {
        long a = Lanes.address(aAt);
        long panel = Lanes.address(panelAt);
        long start = Lanes.address(startAt);
        long c = Lanes.address(cAt);
        for (int col = 0; col < cols; col += 2 * LANES) {
            long at = 4L * (col & INDEX);
            long p = panel + ROW * (col & INDEX);
            FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, start + at, ORDER);
            FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, start + at + BYTES, ORDER);
            FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, start + ROW + at, ORDER);
            FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, start + ROW + at + BYTES, ORDER);
            FloatVector c20 = FloatVector.fromMemorySegment(F, MEMORY, start + 2 * ROW + at, ORDER);
            FloatVector c21 = FloatVector.fromMemorySegment(F, MEMORY, start + 2 * ROW + at + BYTES, ORDER);
            FloatVector c30 = FloatVector.fromMemorySegment(F, MEMORY, start + 3 * ROW + at, ORDER);
            FloatVector c31 = FloatVector.fromMemorySegment(F, MEMORY, start + 3 * ROW + at + BYTES, ORDER);
            for (int step = from; step < to; step++) {
                int j = step & INDEX;
                long x = a + 4L * j;
                FloatVector p0 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j, ORDER);
                FloatVector p1 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j + BYTES, ORDER);
                FloatVector a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x));
                c00 = p0.fma(a0, c00);
                c01 = p1.fma(a0, c01);
                FloatVector a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + ROW));
                c10 = p0.fma(a1, c10);
                c11 = p1.fma(a1, c11);
                FloatVector a2 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 2 * ROW));
                c20 = p0.fma(a2, c20);
                c21 = p1.fma(a2, c21);
                FloatVector a3 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + 3 * ROW));
                c30 = p0.fma(a3, c30);
                c31 = p1.fma(a3, c31);
            }
            c00.intoMemorySegment(MEMORY, c + at, ORDER);
            c01.intoMemorySegment(MEMORY, c + at + BYTES, ORDER);
            c10.intoMemorySegment(MEMORY, c + ROW + at, ORDER);
            c11.intoMemorySegment(MEMORY, c + ROW + at + BYTES, ORDER);
            c20.intoMemorySegment(MEMORY, c + 2 * ROW + at, ORDER);
            c21.intoMemorySegment(MEMORY, c + 2 * ROW + at + BYTES, ORDER);
            c30.intoMemorySegment(MEMORY, c + 3 * ROW + at, ORDER);
            c31.intoMemorySegment(MEMORY, c + 3 * ROW + at + BYTES, ORDER);
        }
    }

    private static void two(long aAt, long panelAt, int from, int to, long startAt, long cAt, int cols) {
        long a = Lanes.address(aAt);
        long panel = Lanes.address(panelAt);
        long start = Lanes.address(startAt);
        long c = Lanes.address(cAt);
        for (int col = 0; col < cols; col += 2 * LANES) {
            long at = 4L * (col & INDEX);
            long p = panel + ROW * (col & INDEX);
            FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, start + at, ORDER);
            FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, start + at + BYTES, ORDER);
            FloatVector c10 = FloatVector.fromMemorySegment(F, MEMORY, start + ROW + at, ORDER);
            FloatVector c11 = FloatVector.fromMemorySegment(F, MEMORY, start + ROW + at + BYTES, ORDER);
            for (int step = from; step < to; step++) {
                int j = step & INDEX;
                long x = a + 4L * j;
                FloatVector p0 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j, ORDER);
                FloatVector p1 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j + BYTES, ORDER);
                FloatVector a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x));
                c00 = p0.fma(a0, c00);
                c01 = p1.fma(a0, c01);
                FloatVector a1 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x + ROW));
                c10 = p0.fma(a1, c10);
                c11 = p1.fma(a1, c11);
            }
            c00.intoMemorySegment(MEMORY, c + at, ORDER);
            c01.intoMemorySegment(MEMORY, c + at + BYTES, ORDER);
            c10.intoMemorySegment(MEMORY, c + ROW + at, ORDER);
            c11.intoMemorySegment(MEMORY, c + ROW + at + BYTES, ORDER);
        }
    }

    private static void one(long aAt, long panelAt, int from, int to, long startAt, long cAt, int cols) {
        long a = Lanes.address(aAt);
        long panel = Lanes.address(panelAt);
        long start = Lanes.address(startAt);
        long c = Lanes.address(cAt);
        for (int col = 0; col < cols; col += 2 * LANES) {
            long at = 4L * (col & INDEX);
            long p = panel + ROW * (col & INDEX);
            FloatVector c00 = FloatVector.fromMemorySegment(F, MEMORY, start + at, ORDER);
            FloatVector c01 = FloatVector.fromMemorySegment(F, MEMORY, start + at + BYTES, ORDER);
            for (int step = from; step < to; step++) {
                int j = step & INDEX;
                long x = a + 4L * j;
                FloatVector p0 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j, ORDER);
                FloatVector p1 = FloatVector.fromMemorySegment(F, MEMORY, p + 2L * BYTES * j + BYTES, ORDER);
                FloatVector a0 = FloatVector.broadcast(F, MEMORY.get(FLOAT, x));
                c00 = p0.fma(a0, c00);
                c01 = p1.fma(a0, c01);
            }
            c00.intoMemorySegment(MEMORY, c + at, ORDER);
            c01.intoMemorySegment(MEMORY, c + at + BYTES, ORDER);
        }
    }
}
