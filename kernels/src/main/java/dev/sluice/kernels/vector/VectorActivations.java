package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import jdk.incubator.vector.FloatVector;

/** {@link Activations}: lanes and the scalar tail by the same operations. */
public final class VectorActivations implements Activations {
    @Override
    public void add(F32 y, long yAt, F32 x, long xAt, int n) {
        y.check(yAt, n);
        x.check(xAt, n);
        add(y.address() + 4 * yAt, x.address() + 4 * xAt, n);
    }

    private static void add(long y, long x, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            Simd.store(Simd.load(y + 4L * i).add(Simd.load(x + 4L * i)), y + 4L * i);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Lanes.get(y + 4L * i) + Lanes.get(x + 4L * i));
        }
    }

    @Override
    public void addScaled(F32 y, long yAt, F32 x, long xAt, float scale, int n) {
        y.check(yAt, n);
        x.check(xAt, n);
        addScaled(y.address() + 4 * yAt, x.address() + 4 * xAt, scale, n);
    }

    private static void addScaled(long y, long x, float scale, int n) {
        FloatVector factor = FloatVector.broadcast(Lanes.F, scale);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            Simd.store(factor.fma(Simd.load(x + 4L * i), Simd.load(y + 4L * i)), y + 4L * i);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Math.fma(scale, Lanes.get(x + 4L * i), Lanes.get(y + 4L * i)));
        }
    }

    @Override
    public void swiglu(F32 gate, long gateAt, F32 up, long upAt, F32 y, long yAt, int n) {
        gate.check(gateAt, n);
        up.check(upAt, n);
        y.check(yAt, n);
        swiglu(gate.address() + 4 * gateAt, up.address() + 4 * upAt, y.address() + 4 * yAt, n);
    }

    private static void swiglu(long gate, long up, long y, int n) {
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector x = Simd.load(gate + 4L * i);
            FloatVector silu = x.div(Exp.onePlusExpNeg(x));
            Simd.store(silu.mul(Simd.load(up + 4L * i)), y + 4L * i);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Exp.silu(Lanes.get(gate + 4L * i)) * Lanes.get(up + 4L * i));
        }
    }

    @Override
    public void sigmoidGate(F32 y, long yAt, F32 gate, long gateAt, int n) {
        y.check(yAt, n);
        gate.check(gateAt, n);
        sigmoidGate(y.address() + 4 * yAt, gate.address() + 4 * gateAt, n);
    }

    private static void sigmoidGate(long y, long gate, int n) {
        FloatVector one = FloatVector.broadcast(Lanes.F, 1f);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector sigmoid = one.div(Exp.onePlusExpNeg(Simd.load(gate + 4L * i)));
            Simd.store(Simd.load(y + 4L * i).mul(sigmoid), y + 4L * i);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Lanes.get(y + 4L * i) * Exp.sigmoid(Lanes.get(gate + 4L * i)));
        }
    }

    @Override
    public float sigmoid(float x) {
        return Exp.sigmoid(x);
    }

    /** In f64: a token needs one a value head, and the logarithm is worth the care near 0. */
    @Override
    public float softplus(float x) {
        return x > 20 ? x : (float) Math.log1p(Math.exp(x));
    }

    @Override
    public float exp(float x) {
        return Exp.exp(x);
    }
}
