package dev.sluice.kernels.vector;

import static dev.sluice.kernels.scalar.ScalarExp.C2;
import static dev.sluice.kernels.scalar.ScalarExp.C3;
import static dev.sluice.kernels.scalar.ScalarExp.C4;
import static dev.sluice.kernels.scalar.ScalarExp.C5;
import static dev.sluice.kernels.scalar.ScalarExp.C6;
import static dev.sluice.kernels.scalar.ScalarExp.LN2_HIGH;
import static dev.sluice.kernels.scalar.ScalarExp.LN2_LOW;
import static dev.sluice.kernels.scalar.ScalarExp.LOG2_E;
import static dev.sluice.kernels.scalar.ScalarExp.MAX;
import static dev.sluice.kernels.scalar.ScalarExp.MIN;
import static dev.sluice.kernels.scalar.ScalarExp.ROUND;
import static dev.sluice.kernels.scalar.ScalarExp.exp;
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
 * <p>The method and its error are those of {@link dev.sluice.kernels.scalar.ScalarExp}.
 */
final class Exp {
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
}
