package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.HALF_B;
import static dev.sluice.kernels.vector.Lanes.LONG;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.S;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static jdk.incubator.vector.VectorOperators.B2S;
import static jdk.incubator.vector.VectorOperators.LSHL;

import dev.sluice.kernels.CodeCheck;
import dev.sluice.kernels.Matrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Rows of FP8 E4M3 codes with block scales: rows times one vector, and a row widened to f32.
 *
 * <p>By bits: {@code (code << 20) & 0x87F00000} of the sign-extended code is the f32 pattern of {@code value * 2^-120},
 * subnormals included, so the product with {@code 2^120 * scale} is {@code value * scale} rounded once. That holds
 * while {@code 2^120 * scale} is finite and no code is one of the two NaN, 0x7F and 0xFF, which the pattern misses:
 * {@link #prepare} says where it does.
 */
final class Fp8Rows {
    private static final float BIAS = 0x1p120f;
    /** Sign, exponent and mantissa of a code whose sign is on top, four bits lower. */
    static final int MASK = 0x87F00000;

    private static final long ALL_BUT_SIGNS = 0x7F7F7F7F7F7F7F7FL;
    private static final long ONES = 0x0101010101010101L;
    private static final int BLOCK = Matrix.Fp8Blocks.BLOCK;

    private Fp8Rows() {}

    /**
     * Writes {@code 2^120 * scale} of each block of columns {@code [from, from + cols)} to {@code scales}; {@code from}
     * is on a block border.
     *
     * @return whether all are finite, and no code in this row of blocks is a NaN; if not, the other methods are not to
     *     be used on it
     */
    static boolean prepare(Matrix.Fp8Blocks w, int row, int from, int cols, long scales) {
        long first = (long) (row / BLOCK) * Matrix.Fp8Blocks.blocks(w.cols()) + from / BLOCK;
        long source = w.scales().address() + 4 * first;
        boolean finite = true;
        for (int i = 0; i < Matrix.Fp8Blocks.blocks(cols); i++) {
            float scale = BIAS * Lanes.get(source + 4L * i);
            finite &= Float.isFinite(scale);
            Lanes.set(scales + 4L * i, scale);
        }
        return finite && numbers(w, row / BLOCK);
    }

    /** Looks at the codes of a row of blocks the first time it is used. In the inner loop that took a sixth of the time. */
    private static boolean numbers(Matrix.Fp8Blocks w, int blockRow) {
        CodeCheck check = w.check();
        if (!check.done(blockRow)) {
            long from = (long) blockRow * BLOCK * w.cols();
            long to = Math.min((long) w.rows(), (blockRow + 1L) * BLOCK) * w.cols();
            check.found(blockRow, !hasNaN(w.data().address() + from, (int) (to - from)));
        }
        return check.numbers(blockRow);
    }

    /**
     * Whether adding one to the lower seven bits of a code carries into the eighth; eight codes at a time, each in a byte of
     * its own. Not by vectors: it runs once for a row of blocks, and until C2 has seen it often each vector is an object,
     * 21 to 93 KB a token while a model comes to experts that it has not used.
     */
    private static boolean hasNaN(long codes, int count) {
        long at = address(codes);
        long carry = 0;
        int whole = count & -8;
        for (int i = 0; i < whole; i += 8) {
            carry |= (MEMORY.get(LONG, at + (i & Integer.MAX_VALUE)) & ALL_BUT_SIGNS) + ONES;
        }
        boolean found = (carry & ~ALL_BUT_SIGNS) != 0;
        for (int i = whole; i < count; i++) {
            found |= (MEMORY.get(JAVA_BYTE, at + i) & 0x7F) == 0x7F;
        }
        return found;
    }

    /**
     * Sum over the first {@code cols} columns, whole strips. Codes are widened to 16 bits, two to a 32-bit lane, and
     * split into even and odd columns, which takes a fifth less than widening them to 32 bits in order (Zen 4, in
     * cache: 17.5 against 14.8 GB/s); {@code mul} and {@code fma} share two pipes and are the limit.
     *
     * @param w codes of the row
     * @param scales as {@link #prepare} wrote them
     * @param x unzipped, see {@link OneToken}
     * @param out receives the sum
     */
    static void dot(long w, long scales, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        long s0 = address(scales);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at / BLOCK)));
            ByteVector codes = ByteVector.fromMemorySegment(HALF_B, MEMORY, w0 + at, ORDER);
            IntVector pairs = ((ShortVector) codes.convertShape(B2S, S, 0)).reinterpretAsInts();
            FloatVector f0 =
                    pairs.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector f1 =
                    pairs.lanewise(LSHL, 4).and(MASK).reinterpretAsFloats().mul(scale);
            sum = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), sum);
            sum = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), sum);
        }
        sum.intoMemorySegment(MEMORY, out, ORDER);
    }

    /**
     * {@link #dot} of four rows of one block at a time, {@code pitch} bytes apart; their sums, {@code apart} bytes
     * from each other, are continued. They share scales and vector. Six rows were faster by a tenth before lines were asked for ahead, and are not since; their code was
     * so long that C2 left sums in boxes now and then.
     */
    static void dotFour(long w, long pitch, long scales, long x, int cols, long out, long apart) {
        long a0 = address(w);
        long b0 = address(w + pitch);
        long c0 = address(w + 2 * pitch);
        long d0 = address(w + 3 * pitch);
        long x0 = address(x);
        long s0 = address(scales);
        FloatVector aSum = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        FloatVector bSum = FloatVector.fromMemorySegment(F, MEMORY, out + apart, ORDER);
        FloatVector cSum = FloatVector.fromMemorySegment(F, MEMORY, out + 2 * apart, ORDER);
        FloatVector dSum = FloatVector.fromMemorySegment(F, MEMORY, out + 3 * apart, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at / BLOCK)));
            FloatVector even = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER);
            FloatVector odd = FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER);
            ByteVector a = ByteVector.fromMemorySegment(HALF_B, MEMORY, a0 + at, ORDER);
            IntVector aPairs = ((ShortVector) a.convertShape(B2S, S, 0)).reinterpretAsInts();
            FloatVector af0 =
                    aPairs.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector af1 =
                    aPairs.lanewise(LSHL, 4).and(MASK).reinterpretAsFloats().mul(scale);
            aSum = af0.fma(even, aSum);
            aSum = af1.fma(odd, aSum);
            ByteVector b = ByteVector.fromMemorySegment(HALF_B, MEMORY, b0 + at, ORDER);
            IntVector bPairs = ((ShortVector) b.convertShape(B2S, S, 0)).reinterpretAsInts();
            FloatVector bf0 =
                    bPairs.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector bf1 =
                    bPairs.lanewise(LSHL, 4).and(MASK).reinterpretAsFloats().mul(scale);
            bSum = bf0.fma(even, bSum);
            bSum = bf1.fma(odd, bSum);
            ByteVector c = ByteVector.fromMemorySegment(HALF_B, MEMORY, c0 + at, ORDER);
            IntVector cPairs = ((ShortVector) c.convertShape(B2S, S, 0)).reinterpretAsInts();
            FloatVector cf0 =
                    cPairs.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector cf1 =
                    cPairs.lanewise(LSHL, 4).and(MASK).reinterpretAsFloats().mul(scale);
            cSum = cf0.fma(even, cSum);
            cSum = cf1.fma(odd, cSum);
            ByteVector d = ByteVector.fromMemorySegment(HALF_B, MEMORY, d0 + at, ORDER);
            IntVector dPairs = ((ShortVector) d.convertShape(B2S, S, 0)).reinterpretAsInts();
            FloatVector df0 =
                    dPairs.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector df1 =
                    dPairs.lanewise(LSHL, 4).and(MASK).reinterpretAsFloats().mul(scale);
            dSum = df0.fma(even, dSum);
            dSum = df1.fma(odd, dSum);
        }
        aSum.intoMemorySegment(MEMORY, out, ORDER);
        bSum.intoMemorySegment(MEMORY, out + apart, ORDER);
        cSum.intoMemorySegment(MEMORY, out + 2 * apart, ORDER);
        dSum.intoMemorySegment(MEMORY, out + 3 * apart, ORDER);
    }

    /**
     * Widens {@code cols} columns, whole strips.
     *
     * @param to where the even columns of the first strip go
     * @param step bytes from strip to strip
     * @param odd bytes from the even columns of a strip to the odd ones
     */
    static void widen(long w, long scales, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        long s0 = address(scales);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at / BLOCK)));
            ByteVector codes = ByteVector.fromMemorySegment(HALF_B, MEMORY, w0 + at, ORDER);
            IntVector pairs = ((ShortVector) codes.convertShape(B2S, S, 0)).reinterpretAsInts();
            FloatVector f0 =
                    pairs.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector f1 =
                    pairs.lanewise(LSHL, 4).and(MASK).reinterpretAsFloats().mul(scale);
            f0.intoMemorySegment(MEMORY, y0, ORDER);
            f1.intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }
}
