package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.QUARTER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Rows of affine 4-bit codes times one vector, at 512 bits: the sixteen values of a group are one vector, computed once
 * a group, and each code picks its own. Four rows share the vector and hide each other's latency: a sum takes four
 * multiply-adds in a row a turn, sixteen cycles, and with two rows these were all that the loop waited for.
 *
 * <p>The inner loop of two strips is one in the source only, and C2 makes straight code of it; written out, the method is
 * longer than what C2 inlines in one go. In L2 on a Zen 5, one thread, GB/s: two rows 16.1, four 20.0, written out 18.8,
 * four with a table for each strip 17.4.
 */
final class AffineTables {
    /** Columns of a turn: one table, so that as many at least must share a scale. */
    private static final int TURN = 64;

    private static final FloatVector CODES =
            (FloatVector) IntVector.zero(I).addIndex(1).convertShape(I2F, F, 0);

    private AffineTables() {}

    /** Whether this form multiplies codes whose scale holds for {@code 2^group} columns. */
    static boolean takes(int group) {
        return LANES == 16 && 1 << group >= TURN;
    }

    /**
     * Adds the products of four rows.
     *
     * @param w codes of the first row
     * @param pitch bytes from row to row
     * @param group columns that share a scale, as a power of two, {@link #takes taken}
     * @param scales scales of the first row, see {@link AffineScales#prepare}
     * @param scalePitch bytes from row to row; biases alike
     * @param x unzipped, see {@link OneToken}
     * @param cols columns, whole groups
     * @param out the sums, which are continued
     * @param apart bytes from sum to sum
     */
    static void dotFour(
            long w,
            long pitch,
            int group,
            long scales,
            long biases,
            long scalePitch,
            long x,
            int cols,
            long out,
            long apart) {
        long x0 = address(x);
        long a0 = address(w);
        long aScales = address(scales);
        long aBiases = address(biases);
        long b0 = address(w + pitch);
        long bScales = address(scales + scalePitch);
        long bBiases = address(biases + scalePitch);
        long c0 = address(w + 2 * pitch);
        long cScales = address(scales + 2 * scalePitch);
        long cBiases = address(biases + 2 * scalePitch);
        long d0 = address(w + 3 * pitch);
        long dScales = address(scales + 3 * scalePitch);
        long dBiases = address(biases + 3 * scalePitch);
        FloatVector aSum = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        FloatVector bSum = FloatVector.fromMemorySegment(F, MEMORY, out + apart, ORDER);
        FloatVector cSum = FloatVector.fromMemorySegment(F, MEMORY, out + 2 * apart, ORDER);
        FloatVector dSum = FloatVector.fromMemorySegment(F, MEMORY, out + 3 * apart, ORDER);
        for (int i = 0; i < cols; i += TURN) {
            int at = i & Integer.MAX_VALUE;
            long g = 4L * (at >> group);
            IntVector aTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, aScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, aBiases + g)))
                    .reinterpretAsInts();
            IntVector bTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, bScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, bBiases + g)))
                    .reinterpretAsInts();
            IntVector cTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, cScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, cBiases + g)))
                    .reinterpretAsInts();
            IntVector dTable = CODES.fma(
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, dScales + g)),
                            FloatVector.broadcast(F, MEMORY.get(FLOAT, dBiases + g)))
                    .reinterpretAsInts();
            for (int h = 0; h < TURN; h += STRIP) {
                int k = (at + h) & Integer.MAX_VALUE;
                FloatVector even = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * k, ORDER);
                FloatVector odd = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * k + BYTES, ORDER);
                IntVector a = (IntVector) ByteVector.fromMemorySegment(QUARTER, MEMORY, a0 + (k >> 1), ORDER)
                        .convertShape(ZERO_EXTEND_B2I, I, 0);
                aSum = a.selectFrom(aTable).reinterpretAsFloats().fma(even, aSum);
                aSum = a.lanewise(LSHR, 4)
                        .selectFrom(aTable)
                        .reinterpretAsFloats()
                        .fma(odd, aSum);
                IntVector b = (IntVector) ByteVector.fromMemorySegment(QUARTER, MEMORY, b0 + (k >> 1), ORDER)
                        .convertShape(ZERO_EXTEND_B2I, I, 0);
                bSum = b.selectFrom(bTable).reinterpretAsFloats().fma(even, bSum);
                bSum = b.lanewise(LSHR, 4)
                        .selectFrom(bTable)
                        .reinterpretAsFloats()
                        .fma(odd, bSum);
                IntVector c = (IntVector) ByteVector.fromMemorySegment(QUARTER, MEMORY, c0 + (k >> 1), ORDER)
                        .convertShape(ZERO_EXTEND_B2I, I, 0);
                cSum = c.selectFrom(cTable).reinterpretAsFloats().fma(even, cSum);
                cSum = c.lanewise(LSHR, 4)
                        .selectFrom(cTable)
                        .reinterpretAsFloats()
                        .fma(odd, cSum);
                IntVector d = (IntVector) ByteVector.fromMemorySegment(QUARTER, MEMORY, d0 + (k >> 1), ORDER)
                        .convertShape(ZERO_EXTEND_B2I, I, 0);
                dSum = d.selectFrom(dTable).reinterpretAsFloats().fma(even, dSum);
                dSum = d.lanewise(LSHR, 4)
                        .selectFrom(dTable)
                        .reinterpretAsFloats()
                        .fma(odd, dSum);
            }
        }
        aSum.intoMemorySegment(MEMORY, out, ORDER);
        bSum.intoMemorySegment(MEMORY, out + apart, ORDER);
        cSum.intoMemorySegment(MEMORY, out + 2 * apart, ORDER);
        dSum.intoMemorySegment(MEMORY, out + 3 * apart, ORDER);
    }
}
