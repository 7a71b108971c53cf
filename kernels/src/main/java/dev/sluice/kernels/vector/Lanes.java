package dev.sluice.kernels.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Species of the preferred width, held between 128 and 512 bits so that half and quarter vectors exist, and the memory
 * they read. All are compile-time constants: C2 makes no vector code for a species in a variable.
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
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
    static final VectorSpecies<Integer> I = F.withLanes(int.class);
    static final VectorSpecies<Long> J = F.withLanes(long.class);
    static final VectorSpecies<Short> S = F.withLanes(short.class);
    /** As many 16-bit lanes as {@link #F} has floats. */
    static final VectorSpecies<Short> HALF = VectorSpecies.of(short.class, VectorShape.forBitSize(BITS / 2));
    /** The same half width in 8-bit lanes. */
    static final VectorSpecies<Byte> HALF_B = HALF.withLanes(byte.class);
    /** As many 8-bit lanes as {@link #F} has floats; not used at 128 bits, where no such shape exists. */
    static final VectorSpecies<Byte> QUARTER =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, BITS / 4)));

    /** Floats of a vector: 4, 8 or 16. */
    static final int LANES = F.length();

    /** Bytes of a vector of floats. */
    static final int BYTES = 4 * LANES;

    /** Columns that one step of a sum takes: two vectors, see {@link dev.sluice.kernels.MatMul}. */
    static final int STRIP = 2 * LANES;

    /** Shifts that bring byte {@code l} of a 32-bit word to the top of lane {@code l}, at 128 bits. */
    static final IntVector BYTE_TO_TOP =
            IntVector.broadcast(I, 24).sub(IntVector.zero(I).addIndex(8));

    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
    /** Never changes: see {@link #address}. */
    private static final AtomicInteger SCALAR_READ = new AtomicInteger();

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);

    private Lanes() {}

    /** Bits of an address that is visibly not negative, see {@link #address}. */
    static final long ADDRESS = Long.MAX_VALUE >>> 1;

    /**
     * The same address, visibly not negative. A kernel passes its base addresses through here and indexes with
     * {@code i & Integer.MAX_VALUE}: the bounds check of {@link #MEMORY} is then true by the type of the sum and C2
     * drops it. Left to loop analysis three checks a strip remain, and FP8 runs at 14 instead of 20 GB/s in cache.
     *
     * <p>And the kernel becomes one whose faults the JVM survives. A read of a mapped file that was cut raises SIGBUS,
     * which HotSpot turns into an {@link InternalError} only in compiled code that it knows to read through Unsafe.
     * Vector loads alone do not count, so the process would die; a scalar read does, even one that C2 drops because
     * nobody looks at its result.
     */
    static long address(long address) {
        SCALAR_READ.getPlain();
        return address & ADDRESS;
    }

    static float get(long address) {
        return MEMORY.get(FLOAT, address);
    }

    static int getInt(long address) {
        return MEMORY.get(INT, address);
    }

    static long getLong(long address) {
        return MEMORY.get(LONG, address);
    }

    static void setLong(long address, long value) {
        MEMORY.set(LONG, address, value);
    }

    static void set(long address, float value) {
        MEMORY.set(FLOAT, address, value);
    }

    /** Copies a few floats. */
    static void copy(long from, long to, int count) {
        long a = address(from);
        long b = address(to);
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector.fromMemorySegment(FOUR, MEMORY, a + at, ORDER).intoMemorySegment(MEMORY, b + at, ORDER);
        }
        for (; i < count; i++) {
            long at = 4L * (i & Integer.MAX_VALUE);
            set(b + at, get(a + at));
        }
    }

    /** Adds a few floats to others. */
    static void add(long from, long to, int count) {
        for (int i = 0; i < count; i++) {
            set(to + 4L * i, get(to + 4L * i) + get(from + 4L * i));
        }
    }

    /** Sets {@code count} vectors from {@code at} to zero. */
    static void clear(long at, int count) {
        for (int i = 0; i < count; i++) {
            FloatVector.zero(F).intoMemorySegment(MEMORY, at + (long) i * BYTES, ORDER);
        }
    }

    /** Columns of {@code cols} that lie in whole strips. */
    static int whole(int cols) {
        return cols - cols % STRIP;
    }

    /** Continues a sum with {@code count} single columns: weights at {@code w}, activations at {@code x}. */
    static float tail(float sum, long w, long x, int count) {
        float result = sum;
        for (int k = 0; k < count; k++) {
            result = Math.fma(get(w + 4L * k), get(x + 4L * k), result);
        }
        return result;
    }
}
