package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.LaneSums.TO_ODD;
import static dev.sluice.kernels.vector.Lanes.ADDRESS;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.BYTE_TO_TOP;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.INT;
import static dev.sluice.kernels.vector.Lanes.J;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.QUARTER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.ByteVector.SPECIES_64;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_B2L;

import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;

/**
 * Rows of affine 4 and 8-bit codes: a row times one vector, and a row widened to f32.
 *
 * <p>4-bit codes at 512 bits: each 64-bit lane takes one byte, and a shift moves its upper code to the upper half. At
 * smaller widths a 32-bit word holds a whole vector of codes: it is copied to every lane, and each lane shifts its own
 * code down.
 */
final class AffineRows {
    private static final long NIBBLES = 0x0000000F0000000FL;
    private static final IntVector NIBBLE_TO_BOTTOM = IntVector.zero(I).addIndex(4);

    private AffineRows() {}

    /**
     * Widens {@code count} scales to floats at {@code to}, then as many biases, both from group {@code first} of the
     * matrix on, {@code cols / group} of which make a row.
     */
    static void prepare(Matrix.AffineGroups w, long first, int count, long to) {
        widen(w, w.scales(), first, count, to);
        widen(w, w.biases(), first, count, to + 4L * count);
    }

    /** Asks for the scales and biases of rows that follow. */
    static void ahead(Matrix.AffineGroups w, int row, int rows) {
        long groups = w.cols() / w.group();
        long scales = w.scales().address() + w.scaleType().bytes(row * groups);
        Prefetch.lines(
                scales,
                w.biases().address() - w.scales().address(),
                w.scaleType().bytes(rows * groups),
                2);
    }

    /** Strips may run over the end of the numbers asked for, not over the end of the memory. */
    private static void widen(Matrix.AffineGroups w, MemorySegment numbers, long first, int count, long to) {
        long all = (long) w.rows() * (w.cols() / w.group());
        int strips = (int) Math.min((count + STRIP - 1) / STRIP, (all - first) / STRIP);
        long from = numbers.address() + w.scaleType().bytes(first);
        DenseRows.widen(w.scaleType(), from, strips * STRIP, to, 2 * BYTES, BYTES);
        for (int i = strips * STRIP; i < count; i++) {
            Lanes.set(to + 4L * i, Widen.at(w.scaleType(), numbers, first + i));
        }
    }

    /**
     * Sum over the first {@code cols} columns, whole strips. Each lane takes one byte, its lower code an even column
     * and its upper code an odd one.
     *
     * @param w codes of the row
     * @param group columns that share a scale, as a power of two
     * @param scales scales of the row, see {@link #prepare}
     * @param biases biases of the row
     * @param x unzipped, see {@link OneToken}
     * @param out sum of even columns, {@code out + TO_ODD} that of odd ones; both are continued
     */
    static void dot4(long w, int group, long scales, long biases, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        long s0 = address(scales);
        long b0 = address(biases);
        FloatVector even = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        FloatVector odd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD, ORDER);
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
            FloatVector f0 = q0.fma(scale, bias);
            FloatVector f1 = q1.fma(scale, bias);
            even = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), even);
            odd = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), odd);
        }
        even.intoMemorySegment(MEMORY, out, ORDER);
        odd.intoMemorySegment(MEMORY, out + TO_ODD, ORDER);
    }

    /** As {@link #dot4} for 8-bit codes and {@code x} as it is and whose sums are those of even
     * and odd vectors. */
    static void dot8(long w, int group, long scales, long biases, long x, int cols, long out) {
        long w0 = address(w);
        long x0 = address(x);
        long s0 = address(scales);
        long c0 = address(biases);
        FloatVector even = FloatVector.fromMemorySegment(F, MEMORY, out, ORDER);
        FloatVector odd = FloatVector.fromMemorySegment(F, MEMORY, out + TO_ODD, ORDER);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at >> group)));
            FloatVector bias = FloatVector.broadcast(F, MEMORY.get(FLOAT, c0 + 4L * (at >> group)));
            IntVector i0;
            IntVector i1;
            if (LANES > 4) {
                ByteVector b0 = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + at, ORDER);
                ByteVector b1 = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + at + LANES, ORDER);
                i0 = (IntVector) b0.convertShape(ZERO_EXTEND_B2I, I, 0);
                i1 = (IntVector) b1.convertShape(ZERO_EXTEND_B2I, I, 0);
            } else {
                IntVector b0 = IntVector.broadcast(I, MEMORY.get(INT, w0 + at));
                IntVector b1 = IntVector.broadcast(I, MEMORY.get(INT, w0 + at + 4));
                i0 = b0.lanewise(LSHL, BYTE_TO_TOP).lanewise(LSHR, 24);
                i1 = b1.lanewise(LSHL, BYTE_TO_TOP).lanewise(LSHR, 24);
            }
            FloatVector f0 = ((FloatVector) i0.convertShape(I2F, F, 0)).fma(scale, bias);
            FloatVector f1 = ((FloatVector) i1.convertShape(I2F, F, 0)).fma(scale, bias);
            even = f0.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at, ORDER), even);
            odd = f1.fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + 4L * at + BYTES, ORDER), odd);
        }
        even.intoMemorySegment(MEMORY, out, ORDER);
        odd.intoMemorySegment(MEMORY, out + TO_ODD, ORDER);
    }

    /**
     * Widens {@code cols} columns, whole strips.
     *
     * @param to where the even vector of the first strip goes
     * @param step bytes from strip to strip
     * @param odd bytes from an even vector to the odd one
     */
    static void widen4(long w, int group, long scales, long biases, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        long s0 = address(scales);
        long c0 = address(biases);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at >> group)));
            FloatVector bias = FloatVector.broadcast(F, MEMORY.get(FLOAT, c0 + 4L * (at >> group)));
            IntVector i0;
            IntVector i1;
            if (LANES > 8) {
                ByteVector b0 = ByteVector.fromMemorySegment(SPECIES_64, MEMORY, w0 + (at >> 1), ORDER);
                ByteVector b1 = ByteVector.fromMemorySegment(SPECIES_64, MEMORY, w0 + (at >> 1) + 8, ORDER);
                LongVector p0 = (LongVector) b0.convertShape(ZERO_EXTEND_B2L, J, 0);
                LongVector p1 = (LongVector) b1.convertShape(ZERO_EXTEND_B2L, J, 0);
                i0 = p0.or(p0.lanewise(LSHL, 28)).and(NIBBLES).reinterpretAsInts();
                i1 = p1.or(p1.lanewise(LSHL, 28)).and(NIBBLES).reinterpretAsInts();
            } else {
                int n0 = MEMORY.get(INT, w0 + (at >> 1));
                int n1 = LANES > 4 ? MEMORY.get(INT, w0 + (at >> 1) + 4) : n0 >>> 16;
                i0 = IntVector.broadcast(I, n0).lanewise(LSHR, NIBBLE_TO_BOTTOM).and(15);
                i1 = IntVector.broadcast(I, n1).lanewise(LSHR, NIBBLE_TO_BOTTOM).and(15);
            }
            FloatVector f0 = ((FloatVector) i0.convertShape(I2F, F, 0)).fma(scale, bias);
            FloatVector f1 = ((FloatVector) i1.convertShape(I2F, F, 0)).fma(scale, bias);
            f0.intoMemorySegment(MEMORY, y0, ORDER);
            f1.intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }

    /** As {@link #widen4} for 8-bit codes. */
    static void widen8(long w, int group, long scales, long biases, int cols, long to, int step, int odd) {
        long w0 = address(w);
        long y0 = address(to);
        long s0 = address(scales);
        long c0 = address(biases);
        for (int i = 0; i < cols; i += STRIP) {
            int at = i & Integer.MAX_VALUE;
            FloatVector scale = FloatVector.broadcast(F, MEMORY.get(FLOAT, s0 + 4L * (at >> group)));
            FloatVector bias = FloatVector.broadcast(F, MEMORY.get(FLOAT, c0 + 4L * (at >> group)));
            IntVector i0;
            IntVector i1;
            if (LANES > 4) {
                ByteVector b0 = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + at, ORDER);
                ByteVector b1 = ByteVector.fromMemorySegment(QUARTER, MEMORY, w0 + at + LANES, ORDER);
                i0 = (IntVector) b0.convertShape(ZERO_EXTEND_B2I, I, 0);
                i1 = (IntVector) b1.convertShape(ZERO_EXTEND_B2I, I, 0);
            } else {
                IntVector b0 = IntVector.broadcast(I, MEMORY.get(INT, w0 + at));
                IntVector b1 = IntVector.broadcast(I, MEMORY.get(INT, w0 + at + 4));
                i0 = b0.lanewise(LSHL, BYTE_TO_TOP).lanewise(LSHR, 24);
                i1 = b1.lanewise(LSHL, BYTE_TO_TOP).lanewise(LSHR, 24);
            }
            FloatVector f0 = ((FloatVector) i0.convertShape(I2F, F, 0)).fma(scale, bias);
            FloatVector f1 = ((FloatVector) i1.convertShape(I2F, F, 0)).fma(scale, bias);
            f0.intoMemorySegment(MEMORY, y0, ORDER);
            f1.intoMemorySegment(MEMORY, y0 + odd, ORDER);
            y0 = (y0 + step) & ADDRESS;
        }
    }
}
