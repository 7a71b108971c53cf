package dev.sluice.tools.synth;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** 8-bit affine groups of given values: {@code value = scale * code + bias} ({@code spec/model.md} §6.8). */
final class AffineEncoding {
    static final int GROUP = 64;
    private static final int TOP = 255;

    /** Scale and bias as BF16 bits. */
    record Group(short scale, short bias) {}

    private AffineEncoding() {}

    static Group group(float[] values, int number) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = number * GROUP; i < (number + 1) * GROUP; i++) {
            least = Math.min(least, values[i]);
            most = Math.max(most, values[i]);
        }
        return new Group(NormalCodes.bf16((most - least) / TOP), NormalCodes.bf16(least));
    }

    /** One byte a value. */
    static void codes(float[] values, MemorySegment out) {
        for (int number = 0; number < values.length / GROUP; number++) {
            Group group = group(values, number);
            float scale = widen(group.scale());
            float bias = widen(group.bias());
            for (int i = number * GROUP; i < (number + 1) * GROUP; i++) {
                out.set(ValueLayout.JAVA_BYTE, i, (byte) Math.clamp(Math.round((values[i] - bias) / scale), 0, TOP));
            }
        }
    }

    private static float widen(short bf16) {
        return Float.intBitsToFloat(bf16 << 16);
    }
}
