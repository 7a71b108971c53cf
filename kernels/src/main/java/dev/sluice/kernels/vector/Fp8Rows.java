package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.BYTE_TO_TOP;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.HALF_B;
import static dev.sluice.kernels.vector.Lanes.HALF_I;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.QUARTER;
import static dev.sluice.kernels.vector.Lanes.S;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.B2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;

import dev.sluice.kernels.Matrix;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Rows of FP8 E4M3 codes with block scales: a row times one vector, and a row widened to f32.
 *
 * <p>By bits: {@code (code << 20) & 0x87F00000} of the sign-extended code is the f32 pattern of {@code value * 2^-120},
 * subnormals included, so the product with {@code 2^120 * scale} is {@code value * scale} rounded once. That holds
 * while {@code 2^120 * scale} is finite; {@link #prepare} says where it is not. The codes 0x7F and 0xFF are NaN, which
 * the pattern misses: adding one to the lower seven bits carries into the top bit for them alone, and that is gathered
 * beside the sum.
 */
final class Fp8Rows {
    private static final float BIAS = 0x1p120f;
    private static final int MASK = 0x87F00000;
    private static final int LOW = 0x7F7F7F7F;
    private static final int ONES = 0x01010101;
    private static final int TOP = 0x80808080;
    private static final int BLOCK = Matrix.Fp8Blocks.BLOCK;

    private Fp8Rows() {}

    /**
     * Writes {@code 2^120 * scale} of each block of columns {@code [from, from + cols)} to {@code scales}; {@code from}
     * is on a block border.
     *
     * @return whether all are finite
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
        return finite;
    }

    /**
     * Sum over the first {@code cols} columns, whole strips. Codes are widened to 16 bits, two to a 32-bit lane, and
     * split into even and odd columns, which takes a fifth less than widening them to 32 bits in order (Zen 4, in
     * cache: 17.5 against 14.8 GB/s); {@code mul} and {@code fma} share two pipes and are the limit.
     *
     * @param w codes of the row
     * @param scales as {@link #prepare} wrote them
     * @param x unzipped, see {@link OneToken}
     * @param out holds two vectors
     */
    static float dot(long w, long scales, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        long s0 = address(scales);
        FloatVector even = FloatVector.zero(F);
        FloatVector odd = FloatVector.zero(F);
        IntVector carry = IntVector.zero(HALF_I);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, Lanes.get(s0 + 4L * (at / BLOCK)));
            ByteVector codes = ByteVector.fromMemorySegment(HALF_B, MEMORY, w0 + at, ORDER);
            carry = carry.or(codes.reinterpretAsInts().and(LOW).add(ONES));
            IntVector pairs = ((ShortVector) codes.convertShape(B2S, S, 0)).reinterpretAsInts();
            FloatVector f0 =
                    pairs.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector f1 =
                    pairs.lanewise(LSHL, 4).and(MASK).reinterpretAsFloats().mul(scale);
            even = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), even);
            odd = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), odd);
        }
        even.intoMemorySegment(MEMORY, out, ORDER);
        odd.intoMemorySegment(MEMORY, out + BYTES, ORDER);
        float sum = Lanes.sum(out) + Lanes.sum(out + BYTES);
        return carry.and(TOP).reduceLanes(OR) != 0 ? Float.NaN : sum;
    }

    /**
     * Widens {@code cols} columns, whole strips, to floats at {@code to}.
     *
     * @return whether there is no NaN code among them; if there is, the floats are not to be used
     */
    static boolean widen(long w, long scales, int cols, long to) {
        long w0 = address(w);
        long y0 = address(to);
        long s0 = address(scales);
        IntVector carry = IntVector.zero(HALF_I);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, Lanes.get(s0 + 4L * (at / BLOCK)));
            IntVector strip = IntVector.fromMemorySegment(HALF_I, MEMORY, w0 + at, ORDER);
            carry = carry.or(strip.and(LOW).add(ONES));
            IntVector i0;
            IntVector i1;
            if (LANES > 4) {
                ByteVector b0 = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + at, ORDER);
                ByteVector b1 = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + at + LANES, ORDER);
                i0 = (IntVector) b0.convertShape(B2I, I, 0);
                i1 = (IntVector) b1.convertShape(B2I, I, 0);
            } else {
                IntVector b0 = IntVector.broadcast(I, Lanes.getInt(w0 + at));
                IntVector b1 = IntVector.broadcast(I, Lanes.getInt(w0 + at + 4));
                i0 = b0.lanewise(LSHL, BYTE_TO_TOP).lanewise(ASHR, 24);
                i1 = b1.lanewise(LSHL, BYTE_TO_TOP).lanewise(ASHR, 24);
            }
            FloatVector f0 =
                    i0.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            FloatVector f1 =
                    i1.lanewise(LSHL, 20).and(MASK).reinterpretAsFloats().mul(scale);
            f0.intoMemorySegment(MEMORY, y0 + 4L * at, ORDER);
            f1.intoMemorySegment(MEMORY, y0 + 4L * at + BYTES, ORDER);
        }
        return carry.and(TOP).reduceLanes(OR) == 0;
    }
}
