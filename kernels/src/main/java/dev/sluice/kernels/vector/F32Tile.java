package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import dev.sluice.kernels.KvPages;
import jdk.incubator.vector.FloatVector;

/**
 * Four queries against one page of F32 keys and values: 8 sums in registers for 2 loads of the page, so that
 * multiply-add and not the loads decide.
 */
final class F32Tile {
    /** Bytes of an element. */
    private static final int SIZE = 4;

    private static final int STEP = SIZE * LANES;

    private F32Tile() {}

    /**
     * Dots of four queries with the first {@code keys} keys, rounded up to two vectors.
     *
     * @param k {@code [headDim, PAGE]}
     * @param s receives {@code [4, PAGE]}
     */
    static void scores(long k, long a, long b, long c, long d, int headDim, int keys, long s) {
        for (int key = 0; key < keys; key += 2 * LANES) {
            FloatVector a0 = FloatVector.zero(F);
            FloatVector a1 = FloatVector.zero(F);
            FloatVector b0 = FloatVector.zero(F);
            FloatVector b1 = FloatVector.zero(F);
            FloatVector c0 = FloatVector.zero(F);
            FloatVector c1 = FloatVector.zero(F);
            FloatVector d0 = FloatVector.zero(F);
            FloatVector d1 = FloatVector.zero(F);
            for (int i = 0; i < headDim; i++) {
                long at = k + (long) SIZE * (i * KvPages.PAGE + key);
                FloatVector k0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER);
                FloatVector k1 = FloatVector.fromMemorySegment(F, MEMORY, at + STEP, ORDER);
                FloatVector qa = FloatVector.broadcast(F, MEMORY.get(FLOAT, a + 4L * i));
                a0 = k0.fma(qa, a0);
                a1 = k1.fma(qa, a1);
                FloatVector qb = FloatVector.broadcast(F, MEMORY.get(FLOAT, b + 4L * i));
                b0 = k0.fma(qb, b0);
                b1 = k1.fma(qb, b1);
                FloatVector qc = FloatVector.broadcast(F, MEMORY.get(FLOAT, c + 4L * i));
                c0 = k0.fma(qc, c0);
                c1 = k1.fma(qc, c1);
                FloatVector qd = FloatVector.broadcast(F, MEMORY.get(FLOAT, d + 4L * i));
                d0 = k0.fma(qd, d0);
                d1 = k1.fma(qd, d1);
            }
            long out = s + 4L * key;
            a0.intoMemorySegment(MEMORY, out, ORDER);
            a1.intoMemorySegment(MEMORY, out + BYTES, ORDER);
            b0.intoMemorySegment(MEMORY, out + 4L * KvPages.PAGE, ORDER);
            b1.intoMemorySegment(MEMORY, out + 4L * KvPages.PAGE + BYTES, ORDER);
            c0.intoMemorySegment(MEMORY, out + 8L * KvPages.PAGE, ORDER);
            c1.intoMemorySegment(MEMORY, out + 8L * KvPages.PAGE + BYTES, ORDER);
            d0.intoMemorySegment(MEMORY, out + 12L * KvPages.PAGE, ORDER);
            d1.intoMemorySegment(MEMORY, out + 12L * KvPages.PAGE + BYTES, ORDER);
        }
    }

    /**
     * Adds the values {@code [from, to)} to four outputs, each with its own weights. The same output may be given more
     * than once: all are read before the first is written.
     *
     * @param v {@code [PAGE, headDim]}
     * @param pa weights of output {@code a}, {@code [PAGE]}
     */
    static void values(
            long v, long pa, long pb, long pc, long pd, long a, long b, long c, long d, int headDim, int from, int to) {
        int i = 0;
        for (; i <= headDim - 2 * LANES; i += 2 * LANES) {
            FloatVector a0 = FloatVector.fromMemorySegment(F, MEMORY, a + 4L * i, ORDER);
            FloatVector a1 = FloatVector.fromMemorySegment(F, MEMORY, a + 4L * i + BYTES, ORDER);
            FloatVector b0 = FloatVector.fromMemorySegment(F, MEMORY, b + 4L * i, ORDER);
            FloatVector b1 = FloatVector.fromMemorySegment(F, MEMORY, b + 4L * i + BYTES, ORDER);
            FloatVector c0 = FloatVector.fromMemorySegment(F, MEMORY, c + 4L * i, ORDER);
            FloatVector c1 = FloatVector.fromMemorySegment(F, MEMORY, c + 4L * i + BYTES, ORDER);
            FloatVector d0 = FloatVector.fromMemorySegment(F, MEMORY, d + 4L * i, ORDER);
            FloatVector d1 = FloatVector.fromMemorySegment(F, MEMORY, d + 4L * i + BYTES, ORDER);
            for (int j = from; j < to; j++) {
                long at = v + (long) SIZE * (j * headDim + i);
                FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER);
                FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, at + STEP, ORDER);
                FloatVector wa = FloatVector.broadcast(F, MEMORY.get(FLOAT, pa + 4L * j));
                a0 = v0.fma(wa, a0);
                a1 = v1.fma(wa, a1);
                FloatVector wb = FloatVector.broadcast(F, MEMORY.get(FLOAT, pb + 4L * j));
                b0 = v0.fma(wb, b0);
                b1 = v1.fma(wb, b1);
                FloatVector wc = FloatVector.broadcast(F, MEMORY.get(FLOAT, pc + 4L * j));
                c0 = v0.fma(wc, c0);
                c1 = v1.fma(wc, c1);
                FloatVector wd = FloatVector.broadcast(F, MEMORY.get(FLOAT, pd + 4L * j));
                d0 = v0.fma(wd, d0);
                d1 = v1.fma(wd, d1);
            }
            a0.intoMemorySegment(MEMORY, a + 4L * i, ORDER);
            a1.intoMemorySegment(MEMORY, a + 4L * i + BYTES, ORDER);
            b0.intoMemorySegment(MEMORY, b + 4L * i, ORDER);
            b1.intoMemorySegment(MEMORY, b + 4L * i + BYTES, ORDER);
            c0.intoMemorySegment(MEMORY, c + 4L * i, ORDER);
            c1.intoMemorySegment(MEMORY, c + 4L * i + BYTES, ORDER);
            d0.intoMemorySegment(MEMORY, d + 4L * i, ORDER);
            d1.intoMemorySegment(MEMORY, d + 4L * i + BYTES, ORDER);
        }
        for (; i < headDim; i++) {
            long at = v + (long) SIZE * i;
            long row = (long) SIZE * headDim;
            float oa = element(at, row, pa, a + 4L * i, from, to);
            float ob = element(at, row, pb, b + 4L * i, from, to);
            float oc = element(at, row, pc, c + 4L * i, from, to);
            float od = element(at, row, pd, d + 4L * i, from, to);
            Lanes.set(a + 4L * i, oa);
            Lanes.set(b + 4L * i, ob);
            Lanes.set(c + 4L * i, oc);
            Lanes.set(d + 4L * i, od);
        }
    }

    private static float element(long v, long row, long p, long o, int from, int to) {
        float sum = Lanes.get(o);
        for (int j = from; j < to; j++) {
            sum = Math.fma(Lanes.get(v + j * row), Lanes.get(p + 4L * j), sum);
        }
        return sum;
    }
}
