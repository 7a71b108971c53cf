package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * The exponential and what follows from it, in lanes and for one number, by the same operations: an element gets the
 * same bits wherever the scalar tail begins. The polynomial stands in each loop, since a method that returns a vector
 * returns a boxed one whenever C2 has no room left to inline it.
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

    /** {@code x[i] = exp(x[i] - shift)}. */
    static void shifted(long xAt, int n, float shift) {
        long x = Lanes.address(xAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector v =
                    FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER).sub(shift);
            FloatVector rounded = v.fma(LOG2_E, ROUND);
            FloatVector whole = rounded.sub(ROUND);
            FloatVector r = whole.fma(FloatVector.broadcast(F, -LN2_HIGH), v);
            r = whole.fma(FloatVector.broadcast(F, -LN2_LOW), r);
            FloatVector p = r.fma(C6, C5)
                    .fma(r, FloatVector.broadcast(F, C4))
                    .fma(r, FloatVector.broadcast(F, C3))
                    .fma(r, FloatVector.broadcast(F, C2))
                    .fma(r, FloatVector.broadcast(F, 1f))
                    .fma(r, FloatVector.broadcast(F, 1f));
            FloatVector power = rounded.reinterpretAsInts()
                    .lanewise(LSHL, 23)
                    .add(p.reinterpretAsInts())
                    .reinterpretAsFloats();
            v.add(Float.POSITIVE_INFINITY)
                    .blend(power, v.compare(LE, MAX))
                    .blend(0f, v.compare(LT, MIN))
                    .intoMemorySegment(MEMORY, x + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(x + 4L * i, exp(Lanes.get(x + 4L * i) - shift));
        }
    }

    /**
     * {@code y[i] = a[i] / (1 + exp(-x[i]))}: SiLU where {@code a} is {@code x}, a sigmoid gate on {@code a} else.
     * {@code y} may be {@code x} or {@code a}.
     */
    static void gate(long aAt, long xAt, long yAt, int n) {
        long a = Lanes.address(aAt);
        long x = Lanes.address(xAt);
        long y = Lanes.address(yAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector v =
                    FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER).neg();
            FloatVector rounded = v.fma(LOG2_E, ROUND);
            FloatVector whole = rounded.sub(ROUND);
            FloatVector r = whole.fma(FloatVector.broadcast(F, -LN2_HIGH), v);
            r = whole.fma(FloatVector.broadcast(F, -LN2_LOW), r);
            FloatVector p = r.fma(C6, C5)
                    .fma(r, FloatVector.broadcast(F, C4))
                    .fma(r, FloatVector.broadcast(F, C3))
                    .fma(r, FloatVector.broadcast(F, C2))
                    .fma(r, FloatVector.broadcast(F, 1f))
                    .fma(r, FloatVector.broadcast(F, 1f));
            FloatVector power = rounded.reinterpretAsInts()
                    .lanewise(LSHL, 23)
                    .add(p.reinterpretAsInts())
                    .reinterpretAsFloats();
            FloatVector exp = v.add(Float.POSITIVE_INFINITY)
                    .blend(power, v.compare(LE, MAX))
                    .blend(0f, v.compare(LT, MIN));
            FloatVector.fromMemorySegment(F, MEMORY, a + 4L * i, ORDER)
                    .div(exp.add(1f))
                    .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Lanes.get(a + 4L * i) / (1f + exp(-Lanes.get(x + 4L * i))));
        }
    }

    static float exp(float x) {
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
}
