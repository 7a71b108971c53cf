package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.LaneSums.TO_ODD;
import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.HALF;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Rows of F32, BF16 and F16 numbers: a row times one vector, and a row widened to f32.
 *
 * <p>F16 by bits: {@code (h << 13) & 0x8FFFE000} is the f32 pattern of {@code value * 2^-112}, subnormals included, so
 * the product with {@code 2^112} is the exact value, but for infinities and NaN, which come out at 65536 and above and
 * get the exponent they need.
 */
final class DenseRows {
    private static final float F16_SCALE = 0x1p112f;
    private static final int F16_MASK = 0x8FFFE000;
    /** Of a pair of BF16, the upper one. */
    static final int UPPER = 0xFFFF0000;

    private static final int INFINITE = 0x7F800000;
    private static final float F16_LIMIT = 65536;

    private DenseRows() {}

    /**
     * Widens {@code cols} numbers, whole strips.
     *
     * @param to where the even vector of the first strip goes
     * @param step bytes from strip to strip
     * @param odd bytes from an even vector to the odd one
     */
    static void widen(Dtype type, long from, int cols, long to, int step, int odd) {
        switch (type) {
            case F32 -> copyF32(from, cols, to, step, odd);
            case BF16 -> widenBf16(from, cols, to, step, odd);
            default -> widenF16(from, cols, to, step, odd);
        }
    }

    /** Where a column of a row is. */
    static long start(Matrix.Dense w, int row, int column) {
        return w.data().address() + w.type().bytes((long) row * w.cols() + column);
    }

    /** One row of F32: even vectors to {@code out}, odd ones to {@code out + TO_ODD}. */
    static void dotF32(long w, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        FloatVector even = FloatVector.zero(F);
        FloatVector odd = FloatVector.zero(F);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector f0 = FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER);
            FloatVector f1 = FloatVector.fromMemorySegment(F, MEMORY, w0 + at + BYTES, ORDER);
            even = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + at, ORDER), even);
            odd = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + at + BYTES, ORDER), odd);
        }
        even.intoMemorySegment(MEMORY, out, ORDER);
        odd.intoMemorySegment(MEMORY, out + TO_ODD, ORDER);
    }

    /**
     * One row of BF16: a pair of columns in 32 bits, the upper one a float once the lower is masked off, the lower one
     * after a shift.
     *
     * @param x unzipped, see {@link OneToken}
     * @param out receives the sum of even columns, {@code out + TO_ODD} that of odd ones
     */
    static void dotBf16(long w, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        FloatVector even = FloatVector.zero(F);
        FloatVector odd = FloatVector.zero(F);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            IntVector pairs = IntVector.fromMemorySegment(I, MEMORY, w0 + 2L * at, ORDER);
            FloatVector f0 = pairs.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector f1 = pairs.and(UPPER).reinterpretAsFloats();
            even = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), even);
            odd = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), odd);
        }
        even.intoMemorySegment(MEMORY, out, ORDER);
        odd.intoMemorySegment(MEMORY, out + TO_ODD, ORDER);
    }

    /** {@link #dotBf16} of four rows, {@code pitch} bytes apart, see {@link Processor}; sums are continued. */
    static void dotFourBf16(long w, long pitch, long x, int cols, long out) {
        long a0 = address(w);
        long b0 = address(w + pitch);
        long c0 = address(w + 2 * pitch);
        long d0 = address(w + 3 * pitch);
        long x0 = address(x);
        FloatVector aEven = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        FloatVector aOdd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD, ORDER);
        FloatVector bEven = FloatVector.fromMemorySegment(F, MEMORY, out + BYTES, ORDER);
        FloatVector bOdd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD + BYTES, ORDER);
        FloatVector cEven = FloatVector.fromMemorySegment(F, MEMORY, out + 2 * BYTES, ORDER);
        FloatVector cOdd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD + 2 * BYTES, ORDER);
        FloatVector dEven = FloatVector.fromMemorySegment(F, MEMORY, out + 3 * BYTES, ORDER);
        FloatVector dOdd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD + 3 * BYTES, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector even = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER);
            FloatVector odd = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER);
            IntVector a = IntVector.fromMemorySegment(I, MEMORY, a0 + 2L * at, ORDER);
            aEven = a.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, aEven);
            aOdd = a.and(UPPER).reinterpretAsFloats().fma(odd, aOdd);
            IntVector b = IntVector.fromMemorySegment(I, MEMORY, b0 + 2L * at, ORDER);
            bEven = b.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, bEven);
            bOdd = b.and(UPPER).reinterpretAsFloats().fma(odd, bOdd);
            IntVector c = IntVector.fromMemorySegment(I, MEMORY, c0 + 2L * at, ORDER);
            cEven = c.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, cEven);
            cOdd = c.and(UPPER).reinterpretAsFloats().fma(odd, cOdd);
            IntVector d = IntVector.fromMemorySegment(I, MEMORY, d0 + 2L * at, ORDER);
            dEven = d.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, dEven);
            dOdd = d.and(UPPER).reinterpretAsFloats().fma(odd, dOdd);
        }
        aEven.intoMemorySegment(MEMORY, out, ORDER);
        aOdd.intoMemorySegment(MEMORY, out + TO_ODD, ORDER);
        bEven.intoMemorySegment(MEMORY, out + 1 * BYTES, ORDER);
        bOdd.intoMemorySegment(MEMORY, out + TO_ODD + 1 * BYTES, ORDER);
        cEven.intoMemorySegment(MEMORY, out + 2 * BYTES, ORDER);
        cOdd.intoMemorySegment(MEMORY, out + TO_ODD + 2 * BYTES, ORDER);
        dEven.intoMemorySegment(MEMORY, out + 3 * BYTES, ORDER);
        dOdd.intoMemorySegment(MEMORY, out + TO_ODD + 3 * BYTES, ORDER);
    }

    /** One row of F16: even vectors to {@code out}, odd ones to {@code out + TO_ODD}. */
    static void dotF16(long w, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        FloatVector even = FloatVector.zero(F);
        FloatVector odd = FloatVector.zero(F);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            ShortVector s0 = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + 2L * at, ORDER);
            ShortVector s1 = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + 2L * at + 2 * LANES, ORDER);
            IntVector i0 = (IntVector) s0.convertShape(S2I, I, 0);
            IntVector i1 = (IntVector) s1.convertShape(S2I, I, 0);
            FloatVector p0 =
                    i0.lanewise(LSHL, 13).and(F16_MASK).reinterpretAsFloats().mul(F16_SCALE);
            FloatVector p1 =
                    i1.lanewise(LSHL, 13).and(F16_MASK).reinterpretAsFloats().mul(F16_SCALE);
            IntVector v0 = p0.reinterpretAsInts();
            IntVector v1 = p1.reinterpretAsInts();
            FloatVector f0 = v0.blend(
                            v0.or(INFINITE), p0.abs().compare(GE, F16_LIMIT).cast(I))
                    .reinterpretAsFloats();
            FloatVector f1 = v1.blend(
                            v1.or(INFINITE), p1.abs().compare(GE, F16_LIMIT).cast(I))
                    .reinterpretAsFloats();
            even = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), even);
            odd = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), odd);
        }
        even.intoMemorySegment(MEMORY, out, ORDER);
        odd.intoMemorySegment(MEMORY, out + TO_ODD, ORDER);
    }

    private static void copyF32(long w, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER).intoMemorySegment(MEMORY, y0, ORDER);
            FloatVector.fromMemorySegment(F, MEMORY, w0 + at + BYTES, ORDER).intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }

    private static void widenBf16(long w, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            ShortVector s0 = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + 2L * at, ORDER);
            ShortVector s1 = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + 2L * at + 2 * LANES, ORDER);
            IntVector i0 = (IntVector) s0.convertShape(ZERO_EXTEND_S2I, I, 0);
            IntVector i1 = (IntVector) s1.convertShape(ZERO_EXTEND_S2I, I, 0);
            i0.lanewise(LSHL, 16).intoMemorySegment(MEMORY, y0, ORDER);
            i1.lanewise(LSHL, 16).intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }

    private static void widenF16(long w, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            ShortVector s0 = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + 2L * at, ORDER);
            ShortVector s1 = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + 2L * at + 2 * LANES, ORDER);
            IntVector i0 = (IntVector) s0.convertShape(S2I, I, 0);
            IntVector i1 = (IntVector) s1.convertShape(S2I, I, 0);
            FloatVector p0 =
                    i0.lanewise(LSHL, 13).and(F16_MASK).reinterpretAsFloats().mul(F16_SCALE);
            FloatVector p1 =
                    i1.lanewise(LSHL, 13).and(F16_MASK).reinterpretAsFloats().mul(F16_SCALE);
            IntVector v0 = p0.reinterpretAsInts();
            IntVector v1 = p1.reinterpretAsInts();
            v0.blend(v0.or(INFINITE), p0.abs().compare(GE, F16_LIMIT).cast(I)).intoMemorySegment(MEMORY, y0, ORDER);
            v1.blend(v1.or(INFINITE), p1.abs().compare(GE, F16_LIMIT).cast(I))
                    .intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }
}
