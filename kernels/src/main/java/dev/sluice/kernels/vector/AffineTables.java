package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.LaneSums.TO_ODD;
import static dev.sluice.kernels.vector.Lanes.B;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows of affine 4-bit codes times one vector, at 512 bits: the sixteen values of a group are one vector, computed once
 * a group, and each code picks its own. 64 bytes of codes, four strips, are permuted so that each 32-bit lane holds one
 * byte of every strip; shifts then bring a strip's even and odd columns down one after the other, in the promised order.
 *
 * <p>In L2, one thread of a Xeon: 11.3 GB/s of codes, {@link AffineRows#dot4} 8.4 to 9.0. Two rows share the vector and
 * hide each other's latency.
 */
final class AffineTables {
    /** Columns of a turn: the codes of a vector. */
    static final int TURN = 128;

    /** Columns that must share a scale, as a power of two: a turn takes two tables. */
    private static final int LEAST_GROUP = 6;

    /** Byte {@code l} of each of four strips to lane {@code l}. */
    private static final VectorShuffle<Byte> STRIPS =
            VectorShuffle.fromOp(B, to -> (to % 4 * LANES + to / 4) % B.length());

    private static final FloatVector CODES =
            (FloatVector) IntVector.zero(I).addIndex(1).convertShape(I2F, F, 0);

    private static final boolean AVAILABLE = LANES == 16 && Processor.PERMUTES_BYTES;

    private AffineTables() {}

    /** Whether this form multiplies codes whose scale holds for {@code 2^group} columns. */
    static boolean takes(int group) {
        return AVAILABLE && group >= LEAST_GROUP;
    }

    /**
     * Adds the products of two rows.
     *
     * @param w codes of the first row
     * @param pitch bytes to the second
     * @param group columns that share a scale, as a power of two, {@link #takes taken}
     * @param scales scales of the first row, see {@link AffineRows#prepare}
     * @param scalePitch bytes to those of the second; biases alike
     * @param x unzipped, see {@link OneToken}
     * @param cols columns, a multiple of {@link #TURN}
     * @param out sums of even columns, those of odd ones {@code TO_ODD} behind, the second row's {@code BYTES} behind the
     *     first's; all are continued
     */
    static void dotTwo(
            long w, long pitch, int group, long scales, long biases, long scalePitch, long x, int cols, long out) {
        long a0 = address(w);
        long b0 = address(w + pitch);
        long x0 = address(x);
        long aScales = address(scales);
        long bScales = address(scales + scalePitch);
        long aBiases = address(biases);
        long bBiases = address(biases + scalePitch);
        FloatVector aEven = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        FloatVector aOdd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD, ORDER);
        FloatVector bEven = FloatVector.fromMemorySegment(F, MEMORY, out + BYTES, ORDER);
        FloatVector bOdd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD + BYTES, ORDER);
        for (int i = 0; i < cols; i += TURN) {
            int at = i & Integer.MAX_VALUE;
            long xAt = x0 + 4L * at;
            IntVector a = ByteVector.fromMemorySegment(B, MEMORY, a0 + (at >> 1), ORDER)
                    .rearrange(STRIPS)
                    .reinterpretAsInts();
            IntVector b = ByteVector.fromMemorySegment(B, MEMORY, b0 + (at >> 1), ORDER)
                    .rearrange(STRIPS)
                    .reinterpretAsInts();
            long g = 4L * (at >> group);
            IntVector aTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, aScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, aBiases + g)))
                    .reinterpretAsInts();
            IntVector bTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, bScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, bBiases + g)))
                    .reinterpretAsInts();
            FloatVector even = FloatVector.fromMemorySegment(F, MEMORY, xAt, ORDER);
            FloatVector odd = FloatVector.fromMemorySegment(F, MEMORY, xAt + BYTES, ORDER);
            aEven = a.selectFrom(aTable).reinterpretAsFloats().fma(even, aEven);
            bEven = b.selectFrom(bTable).reinterpretAsFloats().fma(even, bEven);
            aOdd = a.lanewise(LSHR, 4).selectFrom(aTable).reinterpretAsFloats().fma(odd, aOdd);
            bOdd = b.lanewise(LSHR, 4).selectFrom(bTable).reinterpretAsFloats().fma(odd, bOdd);
            even = FloatVector.fromMemorySegment(F, MEMORY, xAt + 2 * BYTES, ORDER);
            odd = FloatVector.fromMemorySegment(F, MEMORY, xAt + 3 * BYTES, ORDER);
            aEven = a.lanewise(LSHR, 8).selectFrom(aTable).reinterpretAsFloats().fma(even, aEven);
            bEven = b.lanewise(LSHR, 8).selectFrom(bTable).reinterpretAsFloats().fma(even, bEven);
            aOdd = a.lanewise(LSHR, 12).selectFrom(aTable).reinterpretAsFloats().fma(odd, aOdd);
            bOdd = b.lanewise(LSHR, 12).selectFrom(bTable).reinterpretAsFloats().fma(odd, bOdd);
            g = 4L * ((at + TURN / 2) >> group);
            aTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, aScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, aBiases + g)))
                    .reinterpretAsInts();
            bTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, bScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, bBiases + g)))
                    .reinterpretAsInts();
            even = FloatVector.fromMemorySegment(F, MEMORY, xAt + 4 * BYTES, ORDER);
            odd = FloatVector.fromMemorySegment(F, MEMORY, xAt + 5 * BYTES, ORDER);
            aEven = a.lanewise(LSHR, 16)
                    .selectFrom(aTable)
                    .reinterpretAsFloats()
                    .fma(even, aEven);
            bEven = b.lanewise(LSHR, 16)
                    .selectFrom(bTable)
                    .reinterpretAsFloats()
                    .fma(even, bEven);
            aOdd = a.lanewise(LSHR, 20).selectFrom(aTable).reinterpretAsFloats().fma(odd, aOdd);
            bOdd = b.lanewise(LSHR, 20).selectFrom(bTable).reinterpretAsFloats().fma(odd, bOdd);
            even = FloatVector.fromMemorySegment(F, MEMORY, xAt + 6 * BYTES, ORDER);
            odd = FloatVector.fromMemorySegment(F, MEMORY, xAt + 7 * BYTES, ORDER);
            aEven = a.lanewise(LSHR, 24)
                    .selectFrom(aTable)
                    .reinterpretAsFloats()
                    .fma(even, aEven);
            bEven = b.lanewise(LSHR, 24)
                    .selectFrom(bTable)
                    .reinterpretAsFloats()
                    .fma(even, bEven);
            aOdd = a.lanewise(LSHR, 28).selectFrom(aTable).reinterpretAsFloats().fma(odd, aOdd);
            bOdd = b.lanewise(LSHR, 28).selectFrom(bTable).reinterpretAsFloats().fma(odd, bOdd);
        }
        aEven.intoMemorySegment(MEMORY, out, ORDER);
        aOdd.intoMemorySegment(MEMORY, out + TO_ODD, ORDER);
        bEven.intoMemorySegment(MEMORY, out + BYTES, ORDER);
        bOdd.intoMemorySegment(MEMORY, out + TO_ODD + BYTES, ORDER);
    }
}
