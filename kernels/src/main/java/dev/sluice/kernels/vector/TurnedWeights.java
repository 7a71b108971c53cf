package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.LaneSums.SWAP_1;
import static dev.sluice.kernels.vector.LaneSums.SWAP_2;
import static dev.sluice.kernels.vector.LaneSums.UPPER_1;
import static dev.sluice.kernels.vector.LaneSums.UPPER_2;
import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static dev.sluice.kernels.vector.Turned.INDEX;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.sluice.kernels.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Weights turned as they are stored, so many at a time as 32 bits hold, and widened then: half and a quarter of the
 * shuffles of {@link Turned}, and nothing is widened into memory before.
 */
final class TurnedWeights {
    private static final int BLOCK = Matrix.Fp8Blocks.BLOCK;

    private TurnedWeights() {}

    /** {@link Turned#numbers} of BF16: a vector of {@code from} is a strip of pairs. */
    static void pairs(long from, long pitch, int strips, long work, long workPitch, long to, long column, long strip) {
        Turned.upper(from, pitch, strips, work, workPitch);
        lowerPairs(work, workPitch, strips, to, column, strip);
    }

    private static void lowerPairs(long from, long pitch, int strips, long to, long column, long strip) {
        for (int row = 0; row < LANES; row += 4) {
            lowerFourPairs(from + row * pitch, pitch, strips, to + row * column, column, strip);
        }
    }

    /** Exchanges bits 2 and 1 of every vector, and takes its pairs apart. */
    private static void lowerFourPairs(long from, long pitch, int strips, long to, long column, long strip) {
        long a0 = address(from);
        long a1 = address(from + pitch);
        long a2 = address(from + 2 * pitch);
        long a3 = address(from + 3 * pitch);
        long b0 = address(to);
        long b1 = address(to + column);
        long b2 = address(to + 2 * column);
        long b3 = address(to + 3 * column);
        long odd = strip / 2 & ADDRESS;
        long step = strip & ADDRESS;
        for (int i = 0; i < strips; i++) {
            long at = (long) BYTES * (i & INDEX);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a0 + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a1 + at, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, a2 + at, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, a3 + at, ORDER);
            FloatVector s0 = v0.blend(v2.rearrange(SWAP_2), UPPER_2);
            FloatVector s2 = v0.rearrange(SWAP_2).blend(v2, UPPER_2);
            FloatVector s1 = v1.blend(v3.rearrange(SWAP_2), UPPER_2);
            FloatVector s3 = v1.rearrange(SWAP_2).blend(v3, UPPER_2);
            IntVector p0 = s0.blend(s1.rearrange(SWAP_1), UPPER_1).reinterpretAsInts();
            IntVector p1 = s0.rearrange(SWAP_1).blend(s1, UPPER_1).reinterpretAsInts();
            IntVector p2 = s2.blend(s3.rearrange(SWAP_1), UPPER_1).reinterpretAsInts();
            IntVector p3 = s2.rearrange(SWAP_1).blend(s3, UPPER_1).reinterpretAsInts();
            p0.lanewise(LSHL, 16).intoMemorySegment(MEMORY, b0, ORDER);
            p0.and(DenseRows.UPPER).intoMemorySegment(MEMORY, b0 + odd, ORDER);
            p1.lanewise(LSHL, 16).intoMemorySegment(MEMORY, b1, ORDER);
            p1.and(DenseRows.UPPER).intoMemorySegment(MEMORY, b1 + odd, ORDER);
            p2.lanewise(LSHL, 16).intoMemorySegment(MEMORY, b2, ORDER);
            p2.and(DenseRows.UPPER).intoMemorySegment(MEMORY, b2 + odd, ORDER);
            p3.lanewise(LSHL, 16).intoMemorySegment(MEMORY, b3, ORDER);
            p3.and(DenseRows.UPPER).intoMemorySegment(MEMORY, b3 + odd, ORDER);
            b0 = (b0 + step) & ADDRESS;
            b1 = (b1 + step) & ADDRESS;
            b2 = (b2 + step) & ADDRESS;
            b3 = (b3 + step) & ADDRESS;
        }
    }

    /**
     * {@link Turned#numbers} of FP8 codes: a vector of {@code from} is two strips of groups of four. Vectors of four lanes are too
     * short for it.
     *
     * @param scales of each block of columns, as {@link Fp8Rows#prepare} writes them for one row of all
     */
    static void codes(
            long from,
            long pitch,
            int vectors,
            long scales,
            long work,
            long workPitch,
            long to,
            long column,
            long strip) {
        Turned.upper(from, pitch, vectors, work, workPitch);
        for (int row = 0; row < LANES; row += 4) {
            int first = 4 * row;
            long at = to + first % STRIP / 2 * column + first / STRIP * strip;
            lowerFourCodes(work + row * workPitch, workPitch, vectors, scales, at, column, 2 * strip);
        }
    }

    /** Exchanges bits 2 and 1 of every vector, and takes its groups apart. */
    private static void lowerFourCodes(
            long from, long pitch, int vectors, long scales, long to, long column, long strip) {
        long a0 = address(from);
        long a1 = address(from + pitch);
        long a2 = address(from + 2 * pitch);
        long a3 = address(from + 3 * pitch);
        long s0 = address(scales);
        long b0 = address(to);
        long odd = strip / 4 & ADDRESS;
        long second = column & ADDRESS;
        long both = column + strip / 4 & ADDRESS;
        long next = 2 * column & ADDRESS;
        long step = strip & ADDRESS;
        for (int i = 0; i < vectors; i++) {
            long at = (long) BYTES * (i & INDEX);
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * ((i & INDEX) * BYTES / BLOCK)));
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, a0 + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, a1 + at, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, a2 + at, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, a3 + at, ORDER);
            FloatVector s00 = v0.blend(v2.rearrange(SWAP_2), UPPER_2);
            FloatVector s20 = v0.rearrange(SWAP_2).blend(v2, UPPER_2);
            FloatVector s10 = v1.blend(v3.rearrange(SWAP_2), UPPER_2);
            FloatVector s30 = v1.rearrange(SWAP_2).blend(v3, UPPER_2);
            IntVector p0 = s00.blend(s10.rearrange(SWAP_1), UPPER_1).reinterpretAsInts();
            IntVector p1 = s00.rearrange(SWAP_1).blend(s10, UPPER_1).reinterpretAsInts();
            IntVector p2 = s20.blend(s30.rearrange(SWAP_1), UPPER_1).reinterpretAsInts();
            IntVector p3 = s20.rearrange(SWAP_1).blend(s30, UPPER_1).reinterpretAsInts();
            long b = b0;
            p0.lanewise(LSHL, 24)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b, ORDER);
            p0.lanewise(LSHL, 16)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + odd, ORDER);
            p0.lanewise(LSHL, 8)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + second, ORDER);
            p0.lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + both, ORDER);
            b = (b + next) & ADDRESS;
            p1.lanewise(LSHL, 24)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b, ORDER);
            p1.lanewise(LSHL, 16)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + odd, ORDER);
            p1.lanewise(LSHL, 8)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + second, ORDER);
            p1.lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + both, ORDER);
            b = (b + next) & ADDRESS;
            p2.lanewise(LSHL, 24)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b, ORDER);
            p2.lanewise(LSHL, 16)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + odd, ORDER);
            p2.lanewise(LSHL, 8)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + second, ORDER);
            p2.lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + both, ORDER);
            b = (b + next) & ADDRESS;
            p3.lanewise(LSHL, 24)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b, ORDER);
            p3.lanewise(LSHL, 16)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + odd, ORDER);
            p3.lanewise(LSHL, 8)
                    .lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + second, ORDER);
            p3.lanewise(ASHR, 4)
                    .and(Fp8Rows.MASK)
                    .reinterpretAsFloats()
                    .mul(scale)
                    .intoMemorySegment(MEMORY, b + both, ORDER);
            b0 = (b0 + step) & ADDRESS;
        }
    }
}
