package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * The end of a sum: lanes added by the tree of halves, a whole vector of sums at a time.
 *
 * <p>Two vectors become one that holds the half sums of both: four operations for two sums, then for four, eight and
 * sixteen. One sum at a time through memory took 26 cycles, a fifth of prefill at 2048 columns and half at 512.
 */
final class LaneSums {
    private static final VectorMask<Float> UPPER_8 = upper(8);
    private static final VectorMask<Float> UPPER_4 = upper(4);
    private static final VectorMask<Float> UPPER_2 = upper(2);
    private static final VectorMask<Float> UPPER_1 = upper(1);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);

    private static final VectorShuffle<Float> SWAP = swap(LANES / 2);
    private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(F, lane -> lane / 2);

    /** Bytes from the even sums to the odd ones, both {@code LANES} vectors. */
    static final int TO_ODD = LANES * BYTES;

    private LaneSums() {}

    private static VectorMask<Float> upper(int half) {
        return IntVector.zero(I).addIndex(1).and(half).compare(NE, 0).cast(F);
    }

    private static VectorShuffle<Float> swap(int half) {
        return VectorShuffle.fromOp(F, lane -> (lane ^ half) % LANES);
    }

    /**
     * Joins the sums of {@code count} rows of which one vector holds even columns and the other odd ones, so that lane
     * {@code l} of the result holds columns {@code l mod lanes}.
     */
    static void zip(long even, long odd, int count) {
        long a = address(even);
        long b = address(odd);
        for (int i = 0; i < count; i++) {
            long at = (long) BYTES * (i & Integer.MAX_VALUE);
            FloatVector e = FloatVector.fromMemorySegment(F, MEMORY, a + at, ORDER);
            FloatVector o = FloatVector.fromMemorySegment(F, MEMORY, b + at, ORDER);
            FloatVector e2 = e.add(e.rearrange(SWAP)).rearrange(TWICE);
            FloatVector o2 = o.add(o.rearrange(SWAP)).rearrange(TWICE);
            e2.blend(o2, UPPER_1).intoMemorySegment(MEMORY, a + at, ORDER);
        }
    }

    /** Adds {@code count} vectors from {@code odd} to those from {@code even}. */
    static void join(long even, long odd, int count) {
        long a = address(even);
        long b = address(odd);
        for (int i = 0; i < count; i++) {
            long at = (long) BYTES * (i & Integer.MAX_VALUE);
            FloatVector.fromMemorySegment(F, MEMORY, a + at, ORDER)
                    .add(FloatVector.fromMemorySegment(F, MEMORY, b + at, ORDER))
                    .intoMemorySegment(MEMORY, a + at, ORDER);
        }
    }

    /**
     * Of {@code count} vectors stored from {@code at}: leaves the sum of vector {@code i} in float {@code i} there. Goes
     * by whole vectors of sums, the last of which ends at vector {@code end} and may cover some again that are done.
     */
    static void add(long at, int count, int end) {
        for (int first = 0; first < count; first += LANES) {
            int start = Math.min(first, end - LANES);
            long lanes = at + (long) start * BYTES;
            add(lanes);
            FloatVector.fromMemorySegment(F, MEMORY, lanes, ORDER).intoMemorySegment(MEMORY, at + 4L * start, ORDER);
        }
    }

    /** Of as many vectors as they have lanes, stored from {@code at}: leaves the sum of vector {@code i} in float i. */
    static void add(long at) {
        long a = address(at);
        if (LANES == 16) {
            for (int i = 0; i < 8; i++) {
                long low = a + (long) BYTES * (i & 7);
                FloatVector v = FloatVector.fromMemorySegment(F, MEMORY, low, ORDER);
                FloatVector w = FloatVector.fromMemorySegment(F, MEMORY, low + 8 * BYTES, ORDER);
                v.blend(w, UPPER_8).add(w.blend(v, UPPER_8).rearrange(SWAP_8)).intoMemorySegment(MEMORY, low, ORDER);
            }
        }
        if (LANES >= 8) {
            for (int i = 0; i < 4; i++) {
                long low = a + (long) BYTES * (i & 3);
                FloatVector v = FloatVector.fromMemorySegment(F, MEMORY, low, ORDER);
                FloatVector w = FloatVector.fromMemorySegment(F, MEMORY, low + 4 * BYTES, ORDER);
                v.blend(w, UPPER_4).add(w.blend(v, UPPER_4).rearrange(SWAP_4)).intoMemorySegment(MEMORY, low, ORDER);
            }
        }
        FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a, ORDER);
        FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a + BYTES, ORDER);
        FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, a + 2 * BYTES, ORDER);
        FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, a + 3 * BYTES, ORDER);
        FloatVector s0 = v0.blend(v2, UPPER_2).add(v2.blend(v0, UPPER_2).rearrange(SWAP_2));
        FloatVector s1 = v1.blend(v3, UPPER_2).add(v3.blend(v1, UPPER_2).rearrange(SWAP_2));
        s0.blend(s1, UPPER_1).add(s1.blend(s0, UPPER_1).rearrange(SWAP_1)).intoMemorySegment(MEMORY, a, ORDER);
    }
}
