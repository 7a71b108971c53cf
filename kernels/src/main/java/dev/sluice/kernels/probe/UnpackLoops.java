package dev.sluice.kernels.probe;

import static dev.sluice.kernels.probe.Width.BYTES;
import static dev.sluice.kernels.probe.Width.F;
import static dev.sluice.kernels.probe.Width.I;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Codes to f32 numbers, each number used by one multiply-add with a register. Scales and biases stand in registers too;
 * of FP8 the scale is left out, as a product may apply it once a block. Every loop goes round in {@code size} bytes, a
 * power of two, until it has read {@code bytes}: a call for each round would cost a fifth of the rate.
 *
 * <p>{@code step} is the bytes of a vector, as a number that C2 does not know: of a constant step it unrolls the loop and
 * moves all loads and shifts to its head, more than there are registers. That took 36 cycles for 64 bytes of 4-bit codes
 * where the loop as it stands takes 15, and the arithmetic units need 15.
 */
final class UnpackLoops {
    private static final int HIGH = 0xFFFF0000;
    private static final int FP8_MASK = 0x87F00000;
    private static final int F16_MASK = 0x8FFFE000;

    private UnpackLoops() {}

    private static FloatVector number(float value) {
        return FloatVector.broadcast(F, value);
    }

    static float f32(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector s0 = number(0);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int i = 0; i < bytes; i += 8 * step) {
            long at = c + (i & (size - 1) & Integer.MAX_VALUE);
            s0 = Width.floats(at).fma(x, s0);
            s1 = Width.floats(at + BYTES).fma(x, s1);
            s2 = Width.floats(at + 2L * BYTES).fma(x, s2);
            s3 = Width.floats(at + 3L * BYTES).fma(x, s3);
            s4 = Width.floats(at + 4L * BYTES).fma(x, s4);
            s5 = Width.floats(at + 5L * BYTES).fma(x, s5);
            s6 = Width.floats(at + 6L * BYTES).fma(x, s6);
            s7 = Width.floats(at + 7L * BYTES).fma(x, s7);
        }
        return s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7).reduceLanes(ADD);
    }

    static float bf16(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector s0 = number(0);
        FloatVector s1 = s0;
        FloatVector s2 = s0;
        FloatVector s3 = s0;
        FloatVector s4 = s0;
        FloatVector s5 = s0;
        FloatVector s6 = s0;
        FloatVector s7 = s0;
        for (int i = 0; i < bytes; i += 4 * step) {
            long at = c + (i & (size - 1) & Integer.MAX_VALUE);
            IntVector v = Width.ints(at);
            s0 = v.lanewise(LSHL, 16).reinterpretAsFloats().fma(x, s0);
            s1 = v.and(HIGH).reinterpretAsFloats().fma(x, s1);
            v = Width.ints(at + BYTES);
            s2 = v.lanewise(LSHL, 16).reinterpretAsFloats().fma(x, s2);
            s3 = v.and(HIGH).reinterpretAsFloats().fma(x, s3);
            v = Width.ints(at + 2L * BYTES);
            s4 = v.lanewise(LSHL, 16).reinterpretAsFloats().fma(x, s4);
            s5 = v.and(HIGH).reinterpretAsFloats().fma(x, s5);
            v = Width.ints(at + 3L * BYTES);
            s6 = v.lanewise(LSHL, 16).reinterpretAsFloats().fma(x, s6);
            s7 = v.and(HIGH).reinterpretAsFloats().fma(x, s7);
        }
        return s0.add(s1).add(s2).add(s3).add(s4).add(s5).add(s6).add(s7).reduceLanes(ADD);
    }

    static float f16(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector a = number(0);
        FloatVector b = a;
        FloatVector d = a;
        FloatVector e = a;
        for (int i = 0; i < bytes; i += 2 * step) {
            long at = c + (i & (size - 1) & Integer.MAX_VALUE);
            IntVector v = Width.ints(at);
            a = low16(v).fma(x, a);
            b = v.lanewise(ASHR, 3).and(F16_MASK).reinterpretAsFloats().fma(x, b);
            IntVector w = Width.ints(at + BYTES);
            d = low16(w).fma(x, d);
            e = w.lanewise(ASHR, 3).and(F16_MASK).reinterpretAsFloats().fma(x, e);
        }
        return a.add(b).add(d).add(e).reduceLanes(ADD);
    }

    private static FloatVector low16(IntVector v) {
        return v.lanewise(LSHL, 16).lanewise(ASHR, 3).and(F16_MASK).reinterpretAsFloats();
    }

    /** Bytes widened to 16 bits, of which two make a 32-bit word. */
    static float fp8Pairs(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector a = number(0);
        FloatVector b = a;
        FloatVector d = a;
        FloatVector e = a;
        for (int i = 0; i < bytes; i += step) {
            long at = c + (i & (size - 1) & Integer.MAX_VALUE);
            IntVector v = Width.shortsOfBytes(at).reinterpretAsInts();
            a = fp8(v.lanewise(LSHL, 20)).fma(x, a);
            b = fp8(v.lanewise(LSHL, 4)).fma(x, b);
            IntVector w = Width.shortsOfBytes(at + BYTES / 2).reinterpretAsInts();
            d = fp8(w.lanewise(LSHL, 20)).fma(x, d);
            e = fp8(w.lanewise(LSHL, 4)).fma(x, e);
        }
        return a.add(b).add(d).add(e).reduceLanes(ADD);
    }

    /** Four codes shifted out of each 32-bit word. */
    static float fp8Words(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector a = number(0);
        FloatVector b = a;
        FloatVector d = a;
        FloatVector e = a;
        for (int i = 0; i < bytes; i += step) {
            IntVector v = Width.ints(c + (i & (size - 1) & Integer.MAX_VALUE));
            a = fp8(v.lanewise(LSHL, 24).lanewise(ASHR, 4)).fma(x, a);
            b = fp8(v.lanewise(LSHL, 16).lanewise(ASHR, 4)).fma(x, b);
            d = fp8(v.lanewise(LSHL, 8).lanewise(ASHR, 4)).fma(x, d);
            e = fp8(v.lanewise(ASHR, 4)).fma(x, e);
        }
        return a.add(b).add(d).add(e).reduceLanes(ADD);
    }

    private static FloatVector fp8(IntVector shifted) {
        return shifted.and(FP8_MASK).reinterpretAsFloats();
    }

    /** Each code converted where it stands: the scale of a place is smaller, and only every fourth code is shifted. */
    static float affine4Convert(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector scale0 = number(0.25f);
        FloatVector scale1 = number(0.25f / 16);
        FloatVector scale2 = number(0.25f / 256);
        FloatVector scale3 = number(0.25f / 4096);
        FloatVector bias = number(-2);
        FloatVector a = number(0);
        FloatVector b = a;
        FloatVector d = a;
        FloatVector e = a;
        for (int i = 0; i < bytes; i += step) {
            IntVector v = Width.ints(c + (i & (size - 1) & Integer.MAX_VALUE));
            IntVector w = v.lanewise(LSHR, 16);
            a = scaled(v.and(0xF), scale0, bias).fma(x, a);
            b = scaled(v.and(0xF0), scale1, bias).fma(x, b);
            d = scaled(v.and(0xF00), scale2, bias).fma(x, d);
            e = scaled(v.and(0xF000), scale3, bias).fma(x, e);
            a = scaled(w.and(0xF), scale0, bias).fma(x, a);
            b = scaled(w.and(0xF0), scale1, bias).fma(x, b);
            d = scaled(w.and(0xF00), scale2, bias).fma(x, d);
            e = scaled(w.lanewise(LSHR, 12), scale0, bias).fma(x, e);
        }
        return a.add(b).add(d).add(e).reduceLanes(ADD);
    }

    /** Whether one vector holds a value for each of sixteen codes. */
    static boolean hasTable() {
        return I.length() == 16;
    }

    /** Each code picks its value from a group's table of sixteen. */
    static float affine4Table(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        IntVector table = number(0.25f).reinterpretAsInts();
        FloatVector a = number(0);
        FloatVector b = a;
        FloatVector d = a;
        FloatVector e = a;
        for (int i = 0; i < bytes; i += step) {
            IntVector v = Width.ints(c + (i & (size - 1) & Integer.MAX_VALUE));
            a = picked(v, table).fma(x, a);
            b = picked(v.lanewise(LSHR, 4), table).fma(x, b);
            d = picked(v.lanewise(LSHR, 8), table).fma(x, d);
            e = picked(v.lanewise(LSHR, 12), table).fma(x, e);
            a = picked(v.lanewise(LSHR, 16), table).fma(x, a);
            b = picked(v.lanewise(LSHR, 20), table).fma(x, b);
            d = picked(v.lanewise(LSHR, 24), table).fma(x, d);
            e = picked(v.lanewise(LSHR, 28), table).fma(x, e);
        }
        return a.add(b).add(d).add(e).reduceLanes(ADD);
    }

    /** Of the index only the lower four bits count, with or without a mask in front. */
    private static FloatVector picked(IntVector index, IntVector table) {
        return index.selectFrom(table).reinterpretAsFloats();
    }

    /** Each code converted where it stands; only the uppermost would have a sign. */
    static float affine8Convert(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector scale0 = number(0.25f);
        FloatVector scale1 = number(0.25f / 256);
        FloatVector scale2 = number(0.25f / 65_536);
        FloatVector bias = number(-2);
        FloatVector a = number(0);
        FloatVector b = a;
        FloatVector d = a;
        FloatVector e = a;
        for (int i = 0; i < bytes; i += step) {
            IntVector v = Width.ints(c + (i & (size - 1) & Integer.MAX_VALUE));
            a = scaled(v.and(0xFF), scale0, bias).fma(x, a);
            b = scaled(v.and(0xFF00), scale1, bias).fma(x, b);
            d = scaled(v.and(0xFF0000), scale2, bias).fma(x, d);
            e = scaled(v.lanewise(LSHR, 24), scale0, bias).fma(x, e);
        }
        return a.add(b).add(d).add(e).reduceLanes(ADD);
    }

    /** Bytes widened to 16 bits, of which two make a 32-bit word. */
    static float affine8Bytes(long codes, int size, int bytes, int step) {
        long c = Width.address(codes);
        FloatVector x = number(0.5f);
        FloatVector scale = number(0.25f);
        FloatVector bias = number(-2);
        FloatVector a = number(0);
        FloatVector b = a;
        FloatVector d = a;
        FloatVector e = a;
        for (int i = 0; i < bytes; i += step) {
            long at = c + (i & (size - 1) & Integer.MAX_VALUE);
            IntVector v = Width.shortsOfBytes(at).reinterpretAsInts();
            a = scaled(v.and(255), scale, bias).fma(x, a);
            b = scaled(v.lanewise(LSHR, 16), scale, bias).fma(x, b);
            IntVector w = Width.shortsOfBytes(at + BYTES / 2).reinterpretAsInts();
            d = scaled(w.and(255), scale, bias).fma(x, d);
            e = scaled(w.lanewise(LSHR, 16), scale, bias).fma(x, e);
        }
        return a.add(b).add(d).add(e).reduceLanes(ADD);
    }

    private static FloatVector scaled(IntVector code, FloatVector scale, FloatVector bias) {
        return ((FloatVector) code.convertShape(I2F, F, 0)).fma(scale, bias);
    }
}
