package dev.sluice.kernels.vector;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.scalar.ScalarExp;

/** {@link Activations}: lanes and the scalar tail by the same operations. */
public final class VectorActivations implements Activations {
    @Override
    public void add(F32 y, long yAt, F32 x, long xAt, int n) {
        y.check(yAt, n);
        x.check(xAt, n);
        Elements.add(y.address() + 4 * yAt, x.address() + 4 * xAt, n);
    }

    @Override
    public void addScaled(F32 y, long yAt, F32 x, long xAt, float scale, int n) {
        y.check(yAt, n);
        x.check(xAt, n);
        Elements.addScaled(y.address() + 4 * yAt, x.address() + 4 * xAt, scale, n);
    }

    @Override
    public void swiglu(F32 gate, long gateAt, F32 up, long upAt, F32 y, long yAt, int n) {
        gate.check(gateAt, n);
        up.check(upAt, n);
        y.check(yAt, n);
        long g = gate.address() + 4 * gateAt;
        long out = y.address() + 4 * yAt;
        Exp.gate(g, g, out, n);
        Elements.multiply(out, up.address() + 4 * upAt, n);
    }

    @Override
    public void sigmoidGate(F32 y, long yAt, F32 gate, long gateAt, int n) {
        y.check(yAt, n);
        gate.check(gateAt, n);
        long out = y.address() + 4 * yAt;
        Exp.gate(out, gate.address() + 4 * gateAt, out, n);
    }

    @Override
    public void maxima(F32 x, long xAt, int n, F32 y, long yAt) {
        x.check(xAt, n);
        y.check(yAt, Activations.blocks(n));
        long in = x.address() + 4 * xAt;
        long out = y.address() + 4 * yAt;
        for (int i = 0; i < n; i += BLOCK) {
            Lanes.set(out + 4L * (i / BLOCK), Elements.max(in + 4L * i, Math.min(BLOCK, n - i)));
        }
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
