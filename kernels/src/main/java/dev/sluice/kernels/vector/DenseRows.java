package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows of F32, BF16 and F16 numbers: a row times one vector, and a row widened to f32.
 *
 * <p>Numbers of 16 bits come two at a time: a pair of columns lies in 32 bits, and comes apart into a vector of even columns
 * and one of odd columns, as the sums take them ({@link dev.sluice.kernels.MatMul}).
 *
 * <p>F16 by bits: {@code (h << 13) & 0x8FFFE000} is the f32 pattern of {@code value * 2^-112}, subnormals included, so
 * the product with {@code 2^112} is the exact value, but for infinities and NaN, which come out at 65536 and above and
 * get the exponent they need.
 */
final class DenseRows {
    static final float F16_SCALE = 0x1p112f;
    static final int F16_MASK = 0x8FFFE000;
    /** Of a pair of BF16, the upper one. */
    static final int UPPER = 0xFFFF0000;

    static final int INFINITE = 0x7F800000;
    static final float F16_LIMIT = 65536;

    private static final VectorShuffle<Float> EVENS = VectorShuffle.fromOp(F, lane -> 2 * lane % LANES);
    private static final VectorShuffle<Float> ODDS = VectorShuffle.fromOp(F, lane -> (2 * lane + 1) % LANES);
    private static final VectorMask<Float> UPPER_HALF = LaneSums.upper(LANES / 2);

    private DenseRows() {}

    /**
     * Widens {@code cols} numbers, whole strips, and takes them apart.
     *
     * @param to where the even columns of the first strip go
     * @param step bytes from strip to strip
     * @param odd bytes from the even columns of a strip to the odd ones
     */
    static void widen(Dtype type, long from, int cols, long to, int step, int odd) {
        switch (type) {
            case F32 -> unzipF32(from, cols, to, step, odd);
            case BF16 -> widenBf16(from, cols, to, step, odd);
            default -> widenF16(from, cols, to, step, odd);
        }
    }

    /** Where a column of a row is. */
    static long start(Matrix.Dense w, int row, int column) {
        return w.data().address() + w.type().bytes((long) row * w.cols() + column);
    }

    /**
     * One row of F32.
     *
     * @param x unzipped, see {@link OneToken}
     * @param out receives the sum
     */
    static void dotF32(long w, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, w0 + at + BYTES, ORDER);
            FloatVector f0 = v0.rearrange(EVENS).blend(v1.rearrange(EVENS), UPPER_HALF);
            FloatVector f1 = v0.rearrange(ODDS).blend(v1.rearrange(ODDS), UPPER_HALF);
            sum = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + at, ORDER), sum);
            sum = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + at + BYTES, ORDER), sum);
        }
        sum.intoMemorySegment(MEMORY, out, ORDER);
    }

    /** {@link #dotF32} of BF16: the upper one of a pair is a float once the lower is masked off, the lower one after a shift. */
    static void dotBf16(long w, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            IntVector pairs = IntVector.fromMemorySegment(I, MEMORY, w0 + 2L * at, ORDER);
            FloatVector f0 = pairs.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector f1 = pairs.and(UPPER).reinterpretAsFloats();
            sum = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), sum);
            sum = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), sum);
        }
        sum.intoMemorySegment(MEMORY, out, ORDER);
    }

    /** {@link #dotBf16} of four rows, {@code pitch} bytes apart; their sums, {@code apart} bytes from each other, are continued. */
    static void dotFourBf16(long w, long pitch, long x, int cols, long out, long apart) {
        long a0 = address(w);
        long b0 = address(w + pitch);
        long c0 = address(w + 2 * pitch);
        long d0 = address(w + 3 * pitch);
        long x0 = address(x);
        FloatVector aSum = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        FloatVector bSum = FloatVector.fromMemorySegment(F, MEMORY, out + apart, ORDER);
        FloatVector cSum = FloatVector.fromMemorySegment(F, MEMORY, out + 2 * apart, ORDER);
        FloatVector dSum = FloatVector.fromMemorySegment(F, MEMORY, out + 3 * apart, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector even = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER);
            FloatVector odd = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER);
            IntVector a = IntVector.fromMemorySegment(I, MEMORY, a0 + 2L * at, ORDER);
            aSum = a.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, aSum);
            aSum = a.and(UPPER).reinterpretAsFloats().fma(odd, aSum);
            IntVector b = IntVector.fromMemorySegment(I, MEMORY, b0 + 2L * at, ORDER);
            bSum = b.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, bSum);
            bSum = b.and(UPPER).reinterpretAsFloats().fma(odd, bSum);
            IntVector c = IntVector.fromMemorySegment(I, MEMORY, c0 + 2L * at, ORDER);
            cSum = c.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, cSum);
            cSum = c.and(UPPER).reinterpretAsFloats().fma(odd, cSum);
            IntVector d = IntVector.fromMemorySegment(I, MEMORY, d0 + 2L * at, ORDER);
            dSum = d.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, dSum);
            dSum = d.and(UPPER).reinterpretAsFloats().fma(odd, dSum);
        }
        aSum.intoMemorySegment(MEMORY, out, ORDER);
        bSum.intoMemorySegment(MEMORY, out + apart, ORDER);
        cSum.intoMemorySegment(MEMORY, out + 2 * apart, ORDER);
        dSum.intoMemorySegment(MEMORY, out + 3 * apart, ORDER);
    }

    /** {@link #dotF32} of F16. */
    static void dotF16(long w, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            IntVector pairs = IntVector.fromMemorySegment(I, MEMORY, w0 + 2L * at, ORDER);
            FloatVector p0 = pairs.lanewise(LSHL, 16)
                    .lanewise(ASHR, 3)
                    .and(F16_MASK)
                    .reinterpretAsFloats()
                    .mul(F16_SCALE);
            FloatVector p1 =
                    pairs.lanewise(ASHR, 3).and(F16_MASK).reinterpretAsFloats().mul(F16_SCALE);
            IntVector v0 = p0.reinterpretAsInts();
            IntVector v1 = p1.reinterpretAsInts();
            FloatVector f0 = v0.blend(
                            v0.or(INFINITE), p0.abs().compare(GE, F16_LIMIT).cast(I))
                    .reinterpretAsFloats();
            FloatVector f1 = v1.blend(
                            v1.or(INFINITE), p1.abs().compare(GE, F16_LIMIT).cast(I))
                    .reinterpretAsFloats();
            sum = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), sum);
            sum = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), sum);
        }
        sum.intoMemorySegment(MEMORY, out, ORDER);
    }

    private static void unzipF32(long w, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, w0 + at + BYTES, ORDER);
            v0.rearrange(EVENS).blend(v1.rearrange(EVENS), UPPER_HALF).intoMemorySegment(MEMORY, y0, ORDER);
            v0.rearrange(ODDS).blend(v1.rearrange(ODDS), UPPER_HALF).intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }

    private static void widenBf16(long w, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            IntVector pairs = IntVector.fromMemorySegment(I, MEMORY, w0 + 2L * at, ORDER);
            pairs.lanewise(LSHL, 16).intoMemorySegment(MEMORY, y0, ORDER);
            pairs.and(UPPER).intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }

    private static void widenF16(long w, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            IntVector pairs = IntVector.fromMemorySegment(I, MEMORY, w0 + 2L * at, ORDER);
            FloatVector p0 = pairs.lanewise(LSHL, 16)
                    .lanewise(ASHR, 3)
                    .and(F16_MASK)
                    .reinterpretAsFloats()
                    .mul(F16_SCALE);
            FloatVector p1 =
                    pairs.lanewise(ASHR, 3).and(F16_MASK).reinterpretAsFloats().mul(F16_SCALE);
            IntVector v0 = p0.reinterpretAsInts();
            IntVector v1 = p1.reinterpretAsInts();
            v0.blend(v0.or(INFINITE), p0.abs().compare(GE, F16_LIMIT).cast(I)).intoMemorySegment(MEMORY, y0, ORDER);
            v1.blend(v1.or(INFINITE), p1.abs().compare(GE, F16_LIMIT).cast(I))
                    .intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }
}
