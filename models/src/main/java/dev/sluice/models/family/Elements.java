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

    /** All of them. In bulk: one by one outside the heap, interpreted, they took 60 ms of the start with a small model. */
    float[] all() {
        int count = Math.toIntExact(data.byteSize() * Byte.SIZE / type.bits());
        float[] out = new float[count];
        if (type == Dtype.F32) {
            MemorySegment.copy(data, SINGLE, 0, out, 0, count);
            return out;
        }
        short[] stored = new short[count];
        MemorySegment.copy(data, HALF, 0, stored, 0, count);
        for (int i = 0; i < count; i++) {
            out[i] = type == Dtype.BF16 ? Float.intBitsToFloat(stored[i] << 16) : Float.float16ToFloat(stored[i]);
        }
        return out;
    }
}
