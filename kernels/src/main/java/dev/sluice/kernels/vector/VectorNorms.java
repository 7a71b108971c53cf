package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Norms;
import jdk.incubator.vector.FloatVector;

/** {@link Norms}. The statistic is one f32 sum; its mean and root are taken in f64 and rounded once. */
public final class VectorNorms implements Norms {
    private static final double L2_EPS = 1e-6;

    @Override
    public void rms(F32 x, long xAt, F32 w, F32 y, long yAt, int n, float eps) {
        x.check(xAt, n);
        w.check(0, n);
        y.check(yAt, n);
        long from = x.address() + 4 * xAt;
        scale(from, w.address(), y.address() + 4 * yAt, n, inverseRms(from, n, eps));
    }

    private static void scale(long x, long w, long y, int n, float inverse) {
        FloatVector factor = FloatVector.broadcast(Lanes.F, inverse);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            Simd.store(Simd.load(x + 4L * i).mul(factor).mul(Simd.load(w + 4L * i)), y + 4L * i);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Lanes.get(x + 4L * i) * inverse * Lanes.get(w + 4L * i));
        }
    }

    @Override
    public void gatedRms(F32 x, long xAt, F32 w, F32 z, long zAt, F32 y, long yAt, int n, float eps) {
        x.check(xAt, n);
        w.check(0, n);
        z.check(zAt, n);
        y.check(yAt, n);
        long from = x.address() + 4 * xAt;
        float inverse = inverseRms(from, n, eps);
        gatedScale(from, w.address(), z.address() + 4 * zAt, y.address() + 4 * yAt, n, inverse);
    }

    private static void gatedScale(long x, long w, long z, long y, int n, float inverse) {
        FloatVector factor = FloatVector.broadcast(Lanes.F, inverse);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector gate = Simd.load(z + 4L * i);
            FloatVector silu = gate.div(Exp.onePlusExpNeg(gate));
            FloatVector normed = Simd.load(x + 4L * i).mul(factor).mul(Simd.load(w + 4L * i));
            Simd.store(normed.mul(silu), y + 4L * i);
        }
        for (; i < n; i++) {
            float normed = Lanes.get(x + 4L * i) * inverse * Lanes.get(w + 4L * i);
            Lanes.set(y + 4L * i, normed * Exp.silu(Lanes.get(z + 4L * i)));
        }
    }

    @Override
    public void l2(F32 x, long xAt, int n, float scale) {
        x.check(xAt, n);
        long from = x.address() + 4 * xAt;
        multiply(from, n, (float) (scale / Math.sqrt(Simd.dot(from, from, n) + L2_EPS)));
    }

    private static void multiply(long x, int n, float scale) {
        FloatVector factor = FloatVector.broadcast(Lanes.F, scale);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            Simd.store(Simd.load(x + 4L * i).mul(factor), x + 4L * i);
        }
        for (; i < n; i++) {
            Lanes.set(x + 4L * i, Lanes.get(x + 4L * i) * scale);
        }
    }

    private static float inverseRms(long x, int n, float eps) {
        return (float) (1 / Math.sqrt((double) Simd.dot(x, x, n) / n + eps));
    }
}
