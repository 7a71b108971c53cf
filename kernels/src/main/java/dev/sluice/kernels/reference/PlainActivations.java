package dev.sluice.kernels.reference;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;

/** {@link Activations} through {@link Math}, rounded once. */
public final class PlainActivations implements Activations {
    @Override
    public void add(F32 y, long yAt, F32 x, long xAt, int n) {
        for (int i = 0; i < n; i++) {
            y.set(yAt + i, y.get(yAt + i) + x.get(xAt + i));
        }
    }

    @Override
    public void addScaled(F32 y, long yAt, F32 x, long xAt, float scale, int n) {
        for (int i = 0; i < n; i++) {
            y.set(yAt + i, Math.fma(scale, x.get(xAt + i), y.get(yAt + i)));
        }
    }

    @Override
    public void swiglu(F32 gate, long gateAt, F32 up, long upAt, F32 y, long yAt, int n) {
        for (int i = 0; i < n; i++) {
            y.set(yAt + i, (float) (silu(gate.get(gateAt + i)) * up.get(upAt + i)));
        }
    }

    @Override
    public void sigmoidGate(F32 y, long yAt, F32 gate, long gateAt, int n) {
        for (int i = 0; i < n; i++) {
            y.set(yAt + i, (float) (y.get(yAt + i) * logistic(gate.get(gateAt + i))));
        }
    }

    @Override
    public void maxima(F32 x, long xAt, int n, F32 y, long yAt) {
        for (int block = 0; block < Activations.blocks(n); block++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = block * BLOCK; i < Math.min(n, (block + 1) * BLOCK); i++) {
                max = Math.max(max, x.get(xAt + i));
            }
            y.set(yAt + block, max);
        }
    }

    @Override
    public float sigmoid(float x) {
        return (float) logistic(x);
    }

    @Override
    public float softplus(float x) {
        return x > 20 ? x : (float) Math.log1p(Math.exp(x));
    }

    @Override
    public float exp(float x) {
        return (float) Math.exp(x);
    }

    static double silu(double x) {
        return x * logistic(x);
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
