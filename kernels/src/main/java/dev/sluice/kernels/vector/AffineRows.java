package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.BYTE_TO_TOP;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.HALF_B;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.INT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.QUARTER;
import static dev.sluice.kernels.vector.Lanes.S;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2S;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Rows of affine 4 and 8-bit codes: a row times one vector, and a row widened to f32.
 *
 * <p>Codes come two at a time: of four bits a byte holds a pair, and each 32-bit lane takes one; of eight bits a lane takes
 * two. At 128 bits, where no vector of four bytes exists, a 32-bit word of 4-bit codes is copied to every lane, and each
 * lane shifts its own byte down.
 */
final class AffineRows {
    private AffineRows() {}

    /**
     * Sum over the first {@code cols} columns, whole strips.
     *
     * @param w codes of the row
     * @param group columns that share a scale, as a power of two
     * @param scales scales of the row, see {@link AffineScales#prepare}
     * @param biases biases of the row
     * @param x unzipped, see {@link OneToken}
     * @param out the sum, which is continued
     */
    static void dot4(long w, int group, long scales, long biases, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        long s0 = address(scales);
        long b0 = address(biases);
        FloatVector sum = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at >> group)));
            FloatVector bias = FloatVector.broadcast(F, MEMORY.get(FLOAT, b0 + 4L * (at >> group)));
            IntVector pairs;
            if (LANES > 4) {
                ByteVector codes = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + (at >> 1), ORDER);
                pairs = (IntVector) codes.convertShape(ZERO_EXTEND_B2I, I, 0);
            } else {
                IntVector codes = IntVector.broadcast(I, MEMORY.get(INT, w0 + (at >> 1)));
                pairs = codes.lanewise(LSHL, BYTE_TO_TOP).lanewise(LSHR, 24);
            }
            FloatVector q0 = (FloatVector) pairs.and(15).convertShape(I2F, F, 0);
            FloatVector q1 = (FloatVector) pairs.lanewise(LSHR, 4).convertShape(I2F, F, 0);
            sum = q0.fma(scale, bias).fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), sum);
            sum = q1.fma(scale, bias).fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), sum);
        }
        sum.intoMemorySegment(MEMORY, out, ORDER);
    }

    /** As {@link #dot4} for 8-bit codes. */
    static void dot8(long w, int group, long scales, long biases, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        long s0 = address(scales);
        long b0 = address(biases);
        FloatVector sum = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at >> group)));
            FloatVector bias = FloatVector.broadcast(F, MEMORY.get(FLOAT, b0 + 4L * (at >> group)));
            ByteVector codes = ByteVector.fromMemorySegment(HALF_B, MEMORY, w0 + at, ORDER);
            IntVector pairs = ((ShortVector) codes.convertShape(ZERO_EXTEND_B2S, S, 0)).reinterpretAsInts();
            FloatVector q0 = (FloatVector) pairs.and(255).convertShape(I2F, F, 0);
            FloatVector q1 = (FloatVector) pairs.lanewise(LSHR, 16).convertShape(I2F, F, 0);
            sum = q0.fma(scale, bias).fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), sum);
            sum = q1.fma(scale, bias).fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), sum);
        }
        sum.intoMemorySegment(MEMORY, out, ORDER);
    }

    /**
     * Widens {@code cols} columns, whole strips.
     *
     * @param to where the even columns of the first strip go
     * @param step bytes from strip to strip
     * @param odd bytes from the even columns of a strip to the odd ones
     */
    static void widen4(long w, int group, long scales, long biases, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        long s0 = address(scales);
        long b0 = address(biases);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at >> group)));
            FloatVector bias = FloatVector.broadcast(F, MEMORY.get(FLOAT, b0 + 4L * (at >> group)));
            IntVector pairs;
            if (LANES > 4) {
                ByteVector codes = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + (at >> 1), ORDER);
                pairs = (IntVector) codes.convertShape(ZERO_EXTEND_B2I, I, 0);
            } else {
                IntVector codes = IntVector.broadcast(I, MEMORY.get(INT, w0 + (at >> 1)));
                pairs = codes.lanewise(LSHL, BYTE_TO_TOP).lanewise(LSHR, 24);
            }
            FloatVector q0 = (FloatVector) pairs.and(15).convertShape(I2F, F, 0);
            FloatVector q1 = (FloatVector) pairs.lanewise(LSHR, 4).convertShape(I2F, F, 0);
            q0.fma(scale, bias).intoMemorySegment(MEMORY, y0, ORDER);
            q1.fma(scale, bias).intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }

    /** As {@link #widen4} for 8-bit codes. */
    static void widen8(long w, int group, long scales, long biases, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        long s0 = address(scales);
        long b0 = address(biases);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at >> group)));
            FloatVector bias = FloatVector.broadcast(F, MEMORY.get(FLOAT, b0 + 4L * (at >> group)));
            ByteVector codes = ByteVector.fromMemorySegment(HALF_B, MEMORY, w0 + at, ORDER);
            IntVector pairs = ((ShortVector) codes.convertShape(ZERO_EXTEND_B2S, S, 0)).reinterpretAsInts();
            FloatVector q0 = (FloatVector) pairs.and(255).convertShape(I2F, F, 0);
            FloatVector q1 = (FloatVector) pairs.lanewise(LSHR, 16).convertShape(I2F, F, 0);
            q0.fma(scale, bias).intoMemorySegment(MEMORY, y0, ORDER);
            q1.fma(scale, bias).intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }
}
