package dev.sluice.kernels.scalar;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;

/** {@link Activations} element by element. */
public final class ScalarActivations implements Activations {
    @Override
    public void add(F32 y, long yAt, F32 x, long xAt, int n) {
        float[] out = Floats.of(y, yAt, n);
        float[] in = Floats.of(x, xAt, n);
        for (int i = 0; i < n; i++) {
            out[i] += in[i];
        }
        Floats.write(out, 0, y, yAt, n);
    }

    @Override
    public void addScaled(F32 y, long yAt, F32 x, long xAt, float scale, int n) {
        float[] out = Floats.of(y, yAt, n);
        float[] in = Floats.of(x, xAt, n);
        for (int i = 0; i < n; i++) {
            out[i] = Math.fma(in[i], scale, out[i]);
        }
        Floats.write(out, 0, y, yAt, n);
    }

    @Override
    public void swiglu(F32 gate, long gateAt, F32 up, long upAt, F32 y, long yAt, int n) {
        float[] out = Floats.of(gate, gateAt, n);
        float[] factor = Floats.of(up, upAt, n);
        for (int i = 0; i < n; i++) {
            out[i] = ScalarExp.gate(out[i], out[i]) * factor[i];
        }
        Floats.write(out, 0, y, yAt, n);
    }

    @Override
    public void sigmoidGate(F32 y, long yAt, F32 gate, long gateAt, int n) {
        float[] out = Floats.of(y, yAt, n);
        float[] by = Floats.of(gate, gateAt, n);
        for (int i = 0; i < n; i++) {
            out[i] = ScalarExp.gate(out[i], by[i]);
        }
        Floats.write(out, 0, y, yAt, n);
    }

    @Override
    public void maxima(F32 x, long xAt, int n, F32 y, long yAt) {
        float[] in = Floats.of(x, xAt, n);
        float[] out = new float[Activations.blocks(n)];
        for (int block = 0; block < out.length; block++) {
            float max = Float.NEGATIVE_INFINITY;
            for (int i = block * BLOCK; i < Math.min(n, (block + 1) * BLOCK); i++) {
                max = Math.max(max, in[i]);
            }
            out[block] = max;
        }
        Floats.write(out, 0, y, yAt, out.length);
    }

    @Override
    public float sigmoid(float x) {
        return ScalarExp.sigmoid(x);
    }

    @Override
    public float softplus(float x) {
        return ScalarExp.softplus(x);
    }

    @Override
    public float exp(float x) {
        return ScalarExp.exp(x);
    }
}
