package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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
            max = Math.max(max, v0.max(v1).max(v2.max(v3)).reduceLanes(VectorOperators.MAX));
        }
        for (; i < n; i++) {
            max = Math.max(max, Lanes.get(x + 4L * i));
        }
        return max;
    }
}
