package dev.sluice.kernels.scalar;

/**
 * The exponential for one number, by the operations of a lane of the vector loops.
 *
 * <p>{@code exp(x) = 2^n * p(r)}, {@code n = round(x / ln 2)}, {@code r = x - n ln 2} in two parts. {@code p} is
 * {@code 1 + r + r^2 q(r)} with {@code q} of degree 4, minimax in relative error over {@code |r| <= ln(2)/2} (3.1e-9),
 * so rounding alone decides: 0.88 ulp at worst, over all floats. Results below the smallest normal number are 0.
 */
public final class ScalarExp {
    /** The largest and smallest arguments with a finite, normal result. */
    public static final float MAX = 88.72283f;

    public static final float MIN = -87.33654f;

    public static final float LOG2_E = 1.442695f;
    /** 1.5 * 2^23: adding it rounds to a whole number, which then sits in the low bits. */
    public static final float ROUND = 12582912f;

    /** ln 2 = HIGH + LOW; HIGH has 9 trailing zero bits, so n * HIGH is exact. */
    public static final float LN2_HIGH = 0x1.62e4p-1f;

    public static final float LN2_LOW = 0x1.7f7d1cp-20f;

    public static final float C2 = 0.49999993f;
    public static final float C3 = 0.16666521f;
    public static final float C4 = 0.041668387f;
    public static final float C5 = 0.00836871f;
    public static final float C6 = 0.0013814613f;

    private ScalarExp() {}

    /** {@code exp(x)}. */
    public static float exp(float x) {
        if (x < MIN) {
            return 0;
        }
        if (!(x <= MAX)) {
            return x + Float.POSITIVE_INFINITY;
        }
        float rounded = Math.fma(x, LOG2_E, ROUND);
        float whole = rounded - ROUND;
        float r = Math.fma(whole, -LN2_HIGH, x);
        r = Math.fma(whole, -LN2_LOW, r);
        float p = Math.fma(r, C6, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        return Float.intBitsToFloat((Float.floatToRawIntBits(rounded) << 23) + Float.floatToRawIntBits(p));
    }

    /** {@code a / (1 + exp(-x))}: SiLU where {@code a} is {@code x}, a sigmoid gate on {@code a} else. */
    static float gate(float a, float x) {
        return a / (1f + exp(-x));
    }

    /** {@code 1 / (1 + exp(-x))}. */
    public static float sigmoid(float x) {
        return gate(1, x);
    }

    /** {@code ln(1 + exp(x))}, in f64: a token needs one a value head, and the logarithm is worth the care near 0. */
    public static float softplus(float x) {
        return x > 20 ? x : (float) Math.log1p(Math.exp(x));
    }

    /** {@code x[i] = exp(x[i] - shift)} over the first {@code n}. */
    static void shifted(float[] x, int n, float shift) {
        for (int i = 0; i < n; i++) {
            x[i] = exp(x[i] - shift);
        }
    }
}
