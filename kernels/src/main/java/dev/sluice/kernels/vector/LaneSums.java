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
    /** Lanes whose number has this bit; {@link Turned} exchanges them, too. */
    static final VectorMask<Float> UPPER_8 = upper(8);

    static final VectorMask<Float> UPPER_4 = upper(4);
    static final VectorMask<Float> UPPER_2 = upper(2);
    static final VectorMask<Float> UPPER_1 = upper(1);
    /** Lanes that differ in this bit change places. */
    static final VectorShuffle<Float> SWAP_8 = swap(8);

    static final VectorShuffle<Float> SWAP_4 = swap(4);
    static final VectorShuffle<Float> SWAP_2 = swap(2);
    static final VectorShuffle<Float> SWAP_1 = swap(1);

    private LaneSums() {}

    static VectorMask<Float> upper(int half) {
        return IntVector.zero(I).addIndex(1).and(half).compare(NE, 0).cast(F);
    }

    private static VectorShuffle<Float> swap(int half) {
        return VectorShuffle.fromOp(F, lane -> (lane ^ half) % LANES);
    }

    /** Of {@code count} sums, a vector each, as many as fill whole vectors: leaves sum {@code i} in float {@code i} from there. */
    static void add(long sums, int count) {
        for (int first = 0; first < count; first += LANES) {
            long from = sums + (long) first * BYTES;
            if (LANES == 16) {
                quarter(from);
            } else if (LANES == 8) {
                half(from);
            }
            last(from, sums + 4L * first);
        }
    }

    /** {@link #add} of {@code count} sums of each of some parts, {@link Scratch#PART_SUMS} apart; the first receives them all. */
    static void addParts(long sums, int count, int parts) {
        add(sums, count);
        for (int part = 1; part < parts; part++) {
            long others = sums + (long) part * Scratch.PART_SUMS;
            add(others, count);
            for (int i = 0; i < count; i += LANES) {
                more(sums + 4L * i, others + 4L * i);
            }
        }
    }

    private static void more(long sums, long part) {
        long a = address(sums);
        FloatVector.fromMemorySegment(F, MEMORY, a, ORDER)
                .add(FloatVector.fromMemorySegment(F, MEMORY, address(part), ORDER))
                .intoMemorySegment(MEMORY, a, ORDER);
    }

    /** Sixteen sums become four vectors. */
    private static void quarter(long sums) {
        long a = address(sums);
        for (int i = 0; i < 4; i++) {
            long at = (long) BYTES * (i & 3);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a + at + 4 * BYTES, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, a + at + 8 * BYTES, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, a + at + 12 * BYTES, ORDER);
            FloatVector s0 = v0.blend(v2, UPPER_8).add(v2.blend(v0, UPPER_8).rearrange(SWAP_8));
            FloatVector s1 = v1.blend(v3, UPPER_8).add(v3.blend(v1, UPPER_8).rearrange(SWAP_8));
            s0.blend(s1, UPPER_4).add(s1.blend(s0, UPPER_4).rearrange(SWAP_4)).intoMemorySegment(MEMORY, a + at, ORDER);
        }
    }

    /** Eight sums become four vectors. */
    private static void half(long sums) {
        long a = address(sums);
        for (int i = 0; i < 4; i++) {
            long at = (long) BYTES * (i & 3);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a + at + 4 * BYTES, ORDER);
            v0.blend(v1, UPPER_4).add(v1.blend(v0, UPPER_4).rearrange(SWAP_4)).intoMemorySegment(MEMORY, a + at, ORDER);
        }
    }

    /** Four vectors become one of sums. */
    private static void last(long at, long to) {
        long a = address(at);
        long sums = address(to);
        FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a, ORDER);
        FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a + BYTES, ORDER);
        FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, a + 2 * BYTES, ORDER);
        FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, a + 3 * BYTES, ORDER);
        FloatVector s0 = v0.blend(v2, UPPER_2).add(v2.blend(v0, UPPER_2).rearrange(SWAP_2));
        FloatVector s1 = v1.blend(v3, UPPER_2).add(v3.blend(v1, UPPER_2).rearrange(SWAP_2));
        s0.blend(s1, UPPER_1).add(s1.blend(s0, UPPER_1).rearrange(SWAP_1)).intoMemorySegment(MEMORY, sums, ORDER);
    }
}
