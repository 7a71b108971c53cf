package dev.sluice.kernels.reference;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Norms;

/** {@link Norms} with f64 statistics. */
public final class PlainNorms implements Norms {
    private static final double L2_EPS = 1e-6;

    @Override
    public void rms(F32 x, long xAt, F32 w, F32 y, long yAt, int n, float eps) {
        double inverse = 1 / Math.sqrt(squares(x, xAt, n) / n + eps);
        for (int i = 0; i < n; i++) {
            y.set(yAt + i, (float) (x.get(xAt + i) * inverse * w.get(i)));
        }
    }

    @Override
    public void gatedRms(F32 x, long xAt, F32 w, F32 z, long zAt, F32 y, long yAt, int n, float eps) {
        double inverse = 1 / Math.sqrt(squares(x, xAt, n) / n + eps);
        for (int i = 0; i < n; i++) {
            double gate = PlainActivations.silu(z.get(zAt + i));
            y.set(yAt + i, (float) (w.get(i) * (x.get(xAt + i) * inverse) * gate));
        }
    }

    @Override
    public void l2(F32 x, long xAt, int n, float scale) {
        double inverse = 1 / Math.sqrt(squares(x, xAt, n) + L2_EPS);
        for (int i = 0; i < n; i++) {
            x.set(xAt + i, (float) (x.get(xAt + i) * inverse * scale));
        }
    }

    private static double squares(F32 x, long at, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double value = x.get(at + i);
            sum += value * value;
        }
        return sum;
    }
}
