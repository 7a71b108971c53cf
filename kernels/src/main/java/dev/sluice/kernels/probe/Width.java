package dev.sluice.kernels.probe;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The widest vectors that the kernels use, and memory by absolute address. */
final class Width {
    private static final int BITS = Math.clamp(VectorShape.preferredShape().vectorBitSize(), 128, 512);

    static final VectorSpecies<Float> F = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Integer> I = F.withLanes(int.class);
    static final VectorSpecies<Short> S = F.withLanes(short.class);
    static final VectorSpecies<Byte> HALF_B = VectorSpecies.of(byte.class, VectorShape.forBitSize(BITS / 2));

    /** Bytes of a vector. */
    static final int BYTES = BITS / 8;

    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Width() {}

    /** Visibly not negative, so that the bounds check of an access folds away. */
    static long address(long address) {
        return address & (Long.MAX_VALUE >>> 1);
    }

    static IntVector ints(long at) {
        return IntVector.fromMemorySegment(I, MEMORY, at, ByteOrder.LITTLE_ENDIAN);
    }

    static FloatVector floats(long at) {
        return FloatVector.fromMemorySegment(F, MEMORY, at, ByteOrder.LITTLE_ENDIAN);
    }

    static ShortVector shortsOfBytes(long at) {
        ByteVector bytes = ByteVector.fromMemorySegment(HALF_B, MEMORY, at, ByteOrder.LITTLE_ENDIAN);
        return (ShortVector) bytes.convertShape(jdk.incubator.vector.VectorOperators.B2S, S, 0);
    }

    static byte touch(long at) {
        return MEMORY.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at);
    }
}
