package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Sums across lanes: one accumulator, the lanes by halves ({@code l} and {@code l + LANES/2}, and so on), then the
 * columns after the last whole vector, ascending. {@code reduceLanes} promises no order, and interpreted and compiled
 * code differ.
 */
final class Sums {
    private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(F, 8, 1, true);
    private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(F, 4, 1, true);
    private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(F, 2, 1, true);

    private Sums() {}

    /** {@code sum_i x[i] * y[i]}. */
    static float dot(long xAt, long yAt, int n) {
        long x = Lanes.address(xAt);
        long y = Lanes.address(yAt);
        FloatVector lanes = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            FloatVector a = FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(F, MEMORY, y + 4L * i, ORDER);
            lanes = a.fma(b, lanes);
        }
        if (LANES > 8) {
            lanes = lanes.add(lanes.rearrange(BY_8));
        }
        if (LANES > 4) {
            lanes = lanes.add(lanes.rearrange(BY_4));
        }
        lanes = lanes.add(lanes.rearrange(BY_2));
        return Lanes.tail(lanes.lane(0) + lanes.lane(1), x + 4L * i, y + 4L * i, n - i);
    }

    /** {@code sum_i x[i]}. */
    static float sum(long xAt, int n) {
        long x = Lanes.address(xAt);
        FloatVector lanes = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            lanes = lanes.add(FloatVector.fromMemorySegment(F, MEMORY, x + 4L * i, ORDER));
        }
        if (LANES > 8) {
            lanes = lanes.add(lanes.rearrange(BY_8));
        }
        if (LANES > 4) {
            lanes = lanes.add(lanes.rearrange(BY_4));
        }
        lanes = lanes.add(lanes.rearrange(BY_2));
        float sum = lanes.lane(0) + lanes.lane(1);
        for (; i < n; i++) {
            sum += Lanes.get(x + 4L * i);
        }
        return sum;
    }
}
