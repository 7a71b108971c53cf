package dev.sluice.kernels.scalar;

import dev.sluice.kernels.F32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Copies between operands and arrays of the heap. An interpreted loop reads an array element in 20 ns and an element of
 * memory outside the heap in a microsecond, so kernels here copy whole rows, compute, and copy back.
 */
final class Floats {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Floats() {}

    static float[] of(F32 x, long at, int n) {
        return x.toArray(at, n);
    }

    static void read(F32 x, long at, float[] out, int outAt, int n) {
        x.read(at, out, outAt, n);
    }

    static void read(MemorySegment data, long byteOffset, float[] out, int outAt, int n) {
        MemorySegment.copy(data, FLOAT, byteOffset, out, outAt, n);
    }

    static void readShorts(MemorySegment data, long byteOffset, short[] out, int n) {
        MemorySegment.copy(data, SHORT, byteOffset, out, 0, n);
    }

    static void readBytes(MemorySegment data, long byteOffset, byte[] out, int n) {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, byteOffset, out, 0, n);
    }

    static void write(float[] x, int from, F32 out, long at, int n) {
        out.write(x, from, at, n);
    }
}
