package dev.sluice.kernels.start;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;

/** {@link Activations}, call by call; single numbers have no vector form. */
final class StartingActivations implements Activations {
    private final Kernels scalar;
    private final VectorTier tier;
    private final Contest add;
    private final Contest addScaled;
    private final Contest swiglu;
    private final Contest sigmoidGate;
    private final Contest maxima;

    StartingActivations(Kernels scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        this.add = new Contest(tier);
        this.addScaled = new Contest(tier);
        this.swiglu = new Contest(tier);
        this.sigmoidGate = new Contest(tier);
        this.maxima = new Contest(tier);
    }

    @Override
    public void add(F32 y, long yAt, F32 x, long xAt, int n) {
        if (add.won()) {
            tier.loaded().activations().add(y, yAt, x, xAt, n);
        } else {
            add.whole(scalar, k -> k.activations().add(y, yAt, x, xAt, n), n);
        }
    }

    @Override
    public void addScaled(F32 y, long yAt, F32 x, long xAt, float scale, int n) {
        if (addScaled.won()) {
            tier.loaded().activations().addScaled(y, yAt, x, xAt, scale, n);
        } else {
            addScaled.whole(scalar, k -> k.activations().addScaled(y, yAt, x, xAt, scale, n), n);
        }
    }

    @Override
    public void swiglu(F32 gate, long gateAt, F32 up, long upAt, F32 y, long yAt, int n) {
        if (swiglu.won()) {
            tier.loaded().activations().swiglu(gate, gateAt, up, upAt, y, yAt, n);
        } else {
            swiglu.whole(scalar, k -> k.activations().swiglu(gate, gateAt, up, upAt, y, yAt, n), n);
        }
    }

    @Override
    public void sigmoidGate(F32 y, long yAt, F32 gate, long gateAt, int n) {
        if (sigmoidGate.won()) {
            tier.loaded().activations().sigmoidGate(y, yAt, gate, gateAt, n);
        } else {
            sigmoidGate.whole(scalar, k -> k.activations().sigmoidGate(y, yAt, gate, gateAt, n), n);
        }
    }

    @Override
    public void maxima(F32 x, long xAt, int n, F32 y, long yAt) {
        if (maxima.won()) {
            tier.loaded().activations().maxima(x, xAt, n, y, yAt);
        } else {
            maxima.whole(scalar, k -> k.activations().maxima(x, xAt, n, y, yAt), n);
        }
    }

    @Override
    public float sigmoid(float x) {
        return scalar.activations().sigmoid(x);
    }

    @Override
    public float softplus(float x) {
        return scalar.activations().softplus(x);
    }

    @Override
    public float exp(float x) {
        return scalar.activations().exp(x);
    }
}
