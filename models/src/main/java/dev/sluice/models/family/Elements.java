package dev.sluice.models.family;

import dev.sluice.kernels.Dtype;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Stored floating-point elements at any alignment, widened to f32 one by one. For small tensors. */
record Elements(MemorySegment data, Dtype type) {
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat SINGLE =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static boolean readable(Dtype type) {
        return type == Dtype.F32 || type == Dtype.BF16 || type == Dtype.F16;
    }

    float get(long index) {
        return switch (type) {
            case F32 -> data.getAtIndex(SINGLE, index);
            case BF16 -> Float.intBitsToFloat(data.getAtIndex(HALF, index) << 16);
            case F16 -> Float.float16ToFloat(data.getAtIndex(HALF, index));
            default -> throw new IllegalStateException("not a floating-point type: " + type);
        };
    }
}
