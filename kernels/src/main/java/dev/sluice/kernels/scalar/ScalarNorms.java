package dev.sluice.kernels.scalar;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Norms;

/** {@link Norms}; the statistic is one f32 sum in the order of {@code width} lanes, its root is taken in f64. */
public record ScalarNorms(int width) implements Norms {
    private static final double L2_EPS = 1e-6;

    @Override
    public void rms(F32 x, long xAt, F32 w, F32 y, long yAt, int n, float eps) {
        float[] out = Floats.of(x, xAt, n);
        scale(out, inverseRms(out, eps), Floats.of(w, 0, n));
        Floats.write(out, 0, y, yAt, n);
    }

    @Override
    public void gatedRms(F32 x, long xAt, F32 w, F32 z, long zAt, F32 y, long yAt, int n, float eps) {
        float[] out = Floats.of(x, xAt, n);
        float[] gate = Floats.of(z, zAt, n);
        scale(out, inverseRms(out, eps), Floats.of(w, 0, n));
        for (int i = 0; i < n; i++) {
            out[i] = ScalarExp.gate(out[i], gate[i]) * gate[i];
        }
        Floats.write(out, 0, y, yAt, n);
    }

    @Override
    public void l2(F32 x, long xAt, int n, float scale) {
        float[] out = Floats.of(x, xAt, n);
        float factor = (float) (scale / Math.sqrt(squares(out) + L2_EPS));
        for (int i = 0; i < n; i++) {
            out[i] *= factor;
        }
        Floats.write(out, 0, x, xAt, n);
    }

    private static void scale(float[] x, float factor, float[] w) {
        for (int i = 0; i < x.length; i++) {
            x[i] = x[i] * factor * w[i];
        }
    }

    private float inverseRms(float[] x, float eps) {
        return (float) (1 / Math.sqrt((double) squares(x) / x.length + eps));
    }

    private float squares(float[] x) {
        return LaneSum.dot(x, 0, x, 0, x.length, width, new float[Math.max(8, width)]);
    }
}
