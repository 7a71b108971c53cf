package dev.sluice.kernels.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Species of the preferred width, held between 128 and 512 bits so that half and quarter vectors exist, and the memory
 * they read. All are compile-time constants: a species in a variable is not compiled to vector code.
 */
final class Lanes {
    /**
     * All memory, so that addresses are offsets. Bounds and liveness of it fold to nothing in compiled loops; operands
     * are checked before, once a call.
     */
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private static final int BITS = Math.clamp(VectorShape.preferredShape().vectorBitSize(), 128, 512);

    static final VectorSpecies<Float> F = VectorSpecies.of(float.class, VectorShape.forBitSize(BITS));
    static final VectorSpecies<Integer> I = F.withLanes(int.class);
    /** As many 16-bit lanes as {@link #F} has floats. */
    static final VectorSpecies<Short> HALF = VectorSpecies.of(short.class, VectorShape.forBitSize(BITS / 2));
    /** As many 8-bit lanes as {@link #F} has floats; twice as many at 128 bits, where no such shape exists. */
    static final VectorSpecies<Byte> QUARTER =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, BITS / 4)));

    /** Floats of a vector: 4, 8 or 16. */
    static final int LANES = F.length();

    /** Bytes of a vector of floats. */
    static final int BYTES = 4 * LANES;

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

    private Lanes() {}

    static float get(long address) {
        return MEMORY.get(FLOAT, address);
    }

    static void set(long address, float value) {
        MEMORY.set(FLOAT, address, value);
    }

    /**
     * Adds the lanes of the vector stored at {@code at}, halves on halves, and overwrites it. Through memory, because
     * a store and two half loads cost less than a shuffle of a full vector.
     */
    static float sum(long at) {
        if (LANES == 16) {
            FloatVector.fromMemorySegment(FloatVector.SPECIES_256, MEMORY, at, ORDER)
                    .add(FloatVector.fromMemorySegment(FloatVector.SPECIES_256, MEMORY, at + 32, ORDER))
                    .intoMemorySegment(MEMORY, at, ORDER);
        }
        if (LANES >= 8) {
            FloatVector.fromMemorySegment(FloatVector.SPECIES_128, MEMORY, at, ORDER)
                    .add(FloatVector.fromMemorySegment(FloatVector.SPECIES_128, MEMORY, at + 16, ORDER))
                    .intoMemorySegment(MEMORY, at, ORDER);
        }
        return (get(at) + get(at + 8)) + (get(at + 4) + get(at + 12));
    }
}
