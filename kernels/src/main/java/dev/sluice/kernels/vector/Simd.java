package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.HALF;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import dev.sluice.kernels.Bf16;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Short steps of the loops of this package. They pass vectors, so they must be inlined: {@code AllocationTest} fails
 * when one is boxed.
 */
final class Simd {
    private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(F, 8, 1, true);
    private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(F, 4, 1, true);
    private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(F, 2, 1, true);

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);

    private Simd() {}

    static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(F, MEMORY, address, ORDER);
    }

    static void store(FloatVector vector, long address) {
        vector.intoMemorySegment(MEMORY, address, ORDER);
    }

    /** Widens {@link Lanes#LANES} consecutive BF16 numbers. */
    static FloatVector loadBf16(long address) {
        return ((IntVector) ShortVector.fromMemorySegment(HALF, MEMORY, address, ORDER)
                        .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0))
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats();
    }

    static float getBf16(long address) {
        return Float.intBitsToFloat(MEMORY.get(SHORT, address) << 16);
    }

    static void setBf16(long address, float value) {
        MEMORY.set(SHORT, address, Bf16.round(value));
    }

    /** The number at the address in all lanes. */
    static FloatVector broadcast(long address) {
        return FloatVector.broadcast(F, Lanes.get(address));
    }

    static FloatVector zero() {
        return FloatVector.zero(F);
    }

    /**
     * Adds the lanes by halves: {@code l} and {@code l + LANES/2}, and so on. {@code reduceLanes} promises no order, and
     * interpreted and compiled code differ.
     */
    static float sum(FloatVector vector) {
        FloatVector v = vector;
        if (LANES > 8) {
            v = v.add(v.rearrange(BY_8));
        }
        if (LANES > 4) {
            v = v.add(v.rearrange(BY_4));
        }
        v = v.add(v.rearrange(BY_2));
        return v.lane(0) + v.lane(1);
    }

    /** Dot of two runs of {@code n} floats, in the order of {@code MatMul}. */
    static float dot(long x, long y, int n) {
        FloatVector sums = zero();
        int i = 0;
        for (; i <= n - LANES; i += LANES) {
            sums = load(x + 4L * i).fma(load(y + 4L * i), sums);
        }
        float sum = sum(sums);
        for (; i < n; i++) {
            sum = Math.fma(Lanes.get(x + 4L * i), Lanes.get(y + 4L * i), sum);
        }
        return sum;
    }
}
