package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Element-wise arithmetic on runs of floats; results may overwrite operands. */
final class Elements {
    private Elements() {}

    /** {@code y[i] = 0}; filling a slice of a segment would allocate the slice. */
    static void clear(long yAt, int n) {
        long y = Lanes.address(yAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.zero(F).intoMemorySegment(MEMORY, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, 0);
        }
    }

    /** {@code y[i] += x[i]}. */
    static void add(long yAt, long xAt, int n) {
        long y = Lanes.address(yAt);
        long x = Lanes.address(xAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromMemorySegment(F, MEMORY, y + 4L * i, ORDER)
                    .add(FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER))
                    .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Lanes.get(y + 4L * i) + Lanes.get(x + 4L * i));
        }
    }

    /** {@code y[i] = fma(x[i], factor, y[i])}. */
    static void addScaled(long yAt, long xAt, float factor, int n) {
        long y = Lanes.address(yAt);
        long x = Lanes.address(xAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER)
                    .fma(FloatVector.broadcast(F, factor), FloatVector.fromMemorySegment(F, MEMORY, y + 4L * i, ORDER))
                    .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Math.fma(Lanes.get(x + 4L * i), factor, Lanes.get(y + 4L * i)));
        }
    }

    /** {@code y[i] = fma(w[i], x[i], y[i])}. */
    static void addProduct(long yAt, long wAt, long xAt, int n) {
        long y = Lanes.address(yAt);
        long w = Lanes.address(wAt);
        long x = Lanes.address(xAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromMemorySegment(F, MEMORY, w + 4L * i, ORDER)
                    .fma(
                            FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER),
                            FloatVector.fromMemorySegment(F, MEMORY, y + 4L * i, ORDER))
                    .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Math.fma(Lanes.get(w + 4L * i), Lanes.get(x + 4L * i), Lanes.get(y + 4L * i)));
        }
    }

    /** {@code y[i] *= x[i]}. */
    static void multiply(long yAt, long xAt, int n) {
        long y = Lanes.address(yAt);
        long x = Lanes.address(xAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromMemorySegment(F, MEMORY, y + 4L * i, ORDER)
                    .mul(FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER))
                    .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Lanes.get(y + 4L * i) * Lanes.get(x + 4L * i));
        }
    }

    /** {@code x[i] *= factor}. */
    static void scale(long xAt, float factor, int n) {
        long x = Lanes.address(xAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER)
                    .mul(factor)
                    .intoMemorySegment(MEMORY, x + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(x + 4L * i, Lanes.get(x + 4L * i) * factor);
        }
    }

    /** {@code y[i] = x[i] * factor * w[i]}. */
    static void scale(long xAt, float factor, long wAt, long yAt, int n) {
        long x = Lanes.address(xAt);
        long w = Lanes.address(wAt);
        long y = Lanes.address(yAt);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER)
                    .mul(factor)
                    .mul(FloatVector.fromMemorySegment(F, MEMORY, w + 4L * i, ORDER))
                    .intoMemorySegment(MEMORY, y + 4L * i, ORDER);
        }
        for (; i < n; i++) {
            Lanes.set(y + 4L * i, Lanes.get(x + 4L * i) * factor * Lanes.get(w + 4L * i));
        }
    }

    /**
     * The largest of {@code n} numbers, NaN if one is. No vector lives from one step to the next: with one that does C2
     * kept a box for each, 430 KB a token.
     */
    static float max(long xAt, int n) {
        long x = Lanes.address(xAt);
        float max = Float.NEGATIVE_INFINITY;
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            long at = x + 4L * (i & Integer.MAX_VALUE);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, at + 3 * BYTES, ORDER);
            max = Math.max(max, v0.max(v1).max(v2.max(v3)).reduceLanes(MAX));
        }
        for (; i < n; i++) {
            max = Math.max(max, Lanes.get(x + 4L * i));
        }
        return max;
    }

    /**
     * {@code x[i] *= factor}, and the largest product, or NaN; a NaN with its sign set may be passed over, and stays in
     * its place.
     *
     * <p>Compared as whole numbers: so ordered they are floats in order, once all but the sign of negative ones is
     * turned round. A maximum of floats is seven instructions, for Java's rules of zeros and NaN; 64 numbers took 19 ns
     * with it and a pass of its own, and take 6.
     */
    static float scaleAndMax(long xAt, float factor, int n) {
        long x = Lanes.address(xAt);
        int max = ordered(Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - 4 * LANES; i += 4 * LANES) {
            long at = x + 4L * (i & Integer.MAX_VALUE);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER).mul(factor);
            FloatVector v1 =
                    FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER).mul(factor);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, at + 2 * BYTES, ORDER)
                    .mul(factor);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, at + 3 * BYTES, ORDER)
                    .mul(factor);
            v0.intoMemorySegment(MEMORY, at, ORDER);
            v1.intoMemorySegment(MEMORY, at + BYTES, ORDER);
            v2.intoMemorySegment(MEMORY, at + 2 * BYTES, ORDER);
            v3.intoMemorySegment(MEMORY, at + 3 * BYTES, ORDER);
            IntVector b0 = v0.reinterpretAsInts();
            IntVector b1 = v1.reinterpretAsInts();
            IntVector b2 = v2.reinterpretAsInts();
            IntVector b3 = v3.reinterpretAsInts();
            b0 = b0.lanewise(ASHR, 31).lanewise(LSHR, 1).lanewise(XOR, b0);
            b1 = b1.lanewise(ASHR, 31).lanewise(LSHR, 1).lanewise(XOR, b1);
            b2 = b2.lanewise(ASHR, 31).lanewise(LSHR, 1).lanewise(XOR, b2);
            b3 = b3.lanewise(ASHR, 31).lanewise(LSHR, 1).lanewise(XOR, b3);
            max = Math.max(max, b0.max(b1).max(b2.max(b3)).reduceLanes(MAX));
        }
        for (; i < n; i++) {
            float v = Lanes.get(x + 4L * i) * factor;
            Lanes.set(x + 4L * i, v);
            max = Math.max(max, ordered(v));
        }
        return Float.intBitsToFloat(max ^ (max >> 31) >>> 1);
    }

    private static int ordered(float v) {
        int bits = Float.floatToRawIntBits(v);
        return bits ^ (bits >> 31) >>> 1;
    }
}
