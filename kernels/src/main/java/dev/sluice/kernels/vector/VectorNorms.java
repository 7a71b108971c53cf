package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Norms;

/** {@link Norms}. The statistic is one f32 sum; its mean and root are taken in f64 and rounded once. */
public final class VectorNorms implements Norms {
    private static final double L2_EPS = 1e-6;

    @Override
    public void rms(F32 x, long xAt, F32 w, F32 y, long yAt, int n, float eps) {
        x.check(xAt, n);
        w.check(0, n);
        y.check(yAt, n);
        long from = x.address() + 4 * xAt;
        Elements.scale(from, inverseRms(from, n, eps), w.address(), y.address() + 4 * yAt, n);
    }

    @Override
    public void gatedRms(F32 x, long xAt, F32 w, F32 z, long zAt, F32 y, long yAt, int n, float eps) {
        x.check(xAt, n);
        w.check(0, n);
        z.check(zAt, n);
        y.check(yAt, n);
        long from = x.address() + 4 * xAt;
        long gate = z.address() + 4 * zAt;
        long out = y.address() + 4 * yAt;
        Elements.scale(from, inverseRms(from, n, eps), w.address(), out, n);
        Exp.gate(out, gate, out, n);
        Elements.multiply(out, gate, n);
    }

    @Override
    public void l2(F32 x, long xAt, int n, float scale) {
        x.check(xAt, n);
        long from = x.address() + 4 * xAt;
        Elements.scale(from, (float) (scale / Math.sqrt(Sums.dot(from, from, n) + L2_EPS)), n);
    }

    private static float inverseRms(long x, int n, float eps) {
        return (float) (1 / Math.sqrt((double) Sums.dot(x, x, n) / n + eps));
    }
}
