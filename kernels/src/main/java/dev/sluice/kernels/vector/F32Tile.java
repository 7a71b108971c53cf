package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;

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
            FloatVector a0 = Simd.zero();
            FloatVector a1 = Simd.zero();
            FloatVector b0 = Simd.zero();
            FloatVector b1 = Simd.zero();
            FloatVector c0 = Simd.zero();
            FloatVector c1 = Simd.zero();
            FloatVector d0 = Simd.zero();
            FloatVector d1 = Simd.zero();
            for (int i = 0; i < headDim; i++) {
                long at = k + (long) SIZE * (i * KvPages.PAGE + key);
                FloatVector k0 = Simd.load(at);
                FloatVector k1 = Simd.load(at + STEP);
                FloatVector qa = Simd.broadcast(a + 4L * i);
                a0 = k0.fma(qa, a0);
                a1 = k1.fma(qa, a1);
                FloatVector qb = Simd.broadcast(b + 4L * i);
                b0 = k0.fma(qb, b0);
                b1 = k1.fma(qb, b1);
                FloatVector qc = Simd.broadcast(c + 4L * i);
                c0 = k0.fma(qc, c0);
                c1 = k1.fma(qc, c1);
                FloatVector qd = Simd.broadcast(d + 4L * i);
                d0 = k0.fma(qd, d0);
                d1 = k1.fma(qd, d1);
            }
            long out = s + 4L * key;
            Simd.store(a0, out);
            Simd.store(a1, out + BYTES);
            Simd.store(b0, out + 4L * KvPages.PAGE);
            Simd.store(b1, out + 4L * KvPages.PAGE + BYTES);
            Simd.store(c0, out + 8L * KvPages.PAGE);
            Simd.store(c1, out + 8L * KvPages.PAGE + BYTES);
            Simd.store(d0, out + 12L * KvPages.PAGE);
            Simd.store(d1, out + 12L * KvPages.PAGE + BYTES);
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
            FloatVector a0 = Simd.load(a + 4L * i);
            FloatVector a1 = Simd.load(a + 4L * i + BYTES);
            FloatVector b0 = Simd.load(b + 4L * i);
            FloatVector b1 = Simd.load(b + 4L * i + BYTES);
            FloatVector c0 = Simd.load(c + 4L * i);
            FloatVector c1 = Simd.load(c + 4L * i + BYTES);
            FloatVector d0 = Simd.load(d + 4L * i);
            FloatVector d1 = Simd.load(d + 4L * i + BYTES);
            for (int j = from; j < to; j++) {
                long at = v + (long) SIZE * (j * headDim + i);
                FloatVector v0 = Simd.load(at);
                FloatVector v1 = Simd.load(at + STEP);
                FloatVector wa = Simd.broadcast(pa + 4L * j);
                a0 = v0.fma(wa, a0);
                a1 = v1.fma(wa, a1);
                FloatVector wb = Simd.broadcast(pb + 4L * j);
                b0 = v0.fma(wb, b0);
                b1 = v1.fma(wb, b1);
                FloatVector wc = Simd.broadcast(pc + 4L * j);
                c0 = v0.fma(wc, c0);
                c1 = v1.fma(wc, c1);
                FloatVector wd = Simd.broadcast(pd + 4L * j);
                d0 = v0.fma(wd, d0);
                d1 = v1.fma(wd, d1);
            }
            Simd.store(a0, a + 4L * i);
            Simd.store(a1, a + 4L * i + BYTES);
            Simd.store(b0, b + 4L * i);
            Simd.store(b1, b + 4L * i + BYTES);
            Simd.store(c0, c + 4L * i);
            Simd.store(c1, c + 4L * i + BYTES);
            Simd.store(d0, d + 4L * i);
            Simd.store(d1, d + 4L * i + BYTES);
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
