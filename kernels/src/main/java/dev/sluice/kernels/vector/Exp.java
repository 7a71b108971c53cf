package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.F;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential and what follows from it, for a vector and for one number, by the same operations: an element gets the
 * same bits in a lane and in a scalar tail.
 *
 * <p>{@code exp(x) = 2^n * p(r)}, {@code n = round(x / ln 2)}, {@code r = x - n ln 2} in two parts. {@code p} is
 * {@code 1 + r + r^2 q(r)} with {@code q} of degree 4, minimax in relative error over {@code |r| <= ln(2)/2} (3.1e-9),
 * so rounding alone decides: 0.88 ulp at worst, over all floats. Results below the smallest normal number are 0.
 */
final class Exp {
    /** The largest and smallest arguments with a finite, normal result. */
    private static final float MAX = 88.72283f;

    private static final float MIN = -87.33654f;

    private static final float LOG2_E = 1.442695f;
    /** 1.5 * 2^23: adding it rounds to a whole number, which then sits in the low bits. */
    private static final float ROUND = 12582912f;

    /** ln 2 = HIGH + LOW; HIGH has 9 trailing zero bits, so n * HIGH is exact. */
    private static final float LN2_HIGH = 0x1.62e4p-1f;

    private static final float LN2_LOW = 0x1.7f7d1cp-20f;

    private static final float C2 = 0.49999993f;
    private static final float C3 = 0.16666521f;
    private static final float C4 = 0.041668387f;
    private static final float C5 = 0.00836871f;
    private static final float C6 = 0.0013814613f;

    private Exp() {}

    static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.fma(LOG2_E, ROUND);
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
        FloatVector p = r.fma(C6, C5);
        p = p.fma(r, FloatVector.broadcast(F, C4));
        p = p.fma(r, FloatVector.broadcast(F, C3));
        p = p.fma(r, FloatVector.broadcast(F, C2));
        p = p.fma(r, FloatVector.broadcast(F, 1f));
        p = p.fma(r, FloatVector.broadcast(F, 1f));
        FloatVector result = shifted.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 23)
                .add(p.reinterpretAsInts())
                .reinterpretAsFloats();
        return x.add(Float.POSITIVE_INFINITY)
                .blend(result, x.compare(VectorOperators.LE, MAX))
                .blend(0f, x.compare(VectorOperators.LT, MIN));
    }

    /** {@code 1 + exp(-x)}: what sigmoid and SiLU divide by. */
    static FloatVector onePlusExpNeg(FloatVector x) {
        return exp(x.neg()).add(1f);
    }

    static float exp(float x) {
        if (x < MIN) {
            return 0;
        }
        if (!(x <= MAX)) {
            return x + Float.POSITIVE_INFINITY;
        }
        float shifted = Math.fma(x, LOG2_E, ROUND);
        float n = shifted - ROUND;
        float r = Math.fma(n, -LN2_HIGH, x);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(r, C6, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        return Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << 23) + Float.floatToRawIntBits(p));
    }

    static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    static float silu(float x) {
        return x / (1f + exp(-x));
    }
}
