package dev.sluice.kernels.reference;

import dev.sluice.kernels.Dtype;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Single stored numbers widened to f32; exact for every type here. */
public final class Widen {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int E4M3_BIAS = 7;

    private Widen() {}

    /** Element {@code index} of a run of F32, F16, BF16 or F8_E4M3 numbers. */
    public static float at(Dtype type, MemorySegment data, long index) {
        return switch (type) {
            case F32 -> data.get(FLOAT, 4 * index);
            case F16 -> Float.float16ToFloat(data.get(SHORT, 2 * index));
            case BF16 -> bf16(data.get(SHORT, 2 * index));
            case F8_E4M3 -> e4m3(data.get(ValueLayout.JAVA_BYTE, index));
            default -> throw new IllegalArgumentException("no float form of " + type);
        };
    }

    /** BF16 is the upper half of an f32. */
    public static float bf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /**
     * FP8 E4M3, finite variant: sign, 4 exponent bits, 3 mantissa bits; no infinities, {@code 0x7F} and {@code 0xFF}
     * are NaN, the largest number is 448 ({@code spec/model.md} §6.1).
     */
    public static float e4m3(byte code) {
        int exponent = code >> 3 & 0xF;
        int mantissa = code & 7;
        if ((code & 0x7F) == 0x7F) {
            return Float.NaN;
        }
        float magnitude = exponent == 0
                ? Math.scalb(mantissa, 1 - E4M3_BIAS - 3)
                : Math.scalb(8 + mantissa, exponent - E4M3_BIAS - 3);
        return code < 0 ? -magnitude : magnitude;
    }
}
