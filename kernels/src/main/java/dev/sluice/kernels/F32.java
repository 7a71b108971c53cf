package dev.sluice.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A run of 32-bit floats outside the heap: activations, states, folded norm weights. Kernels work on nothing else, so
 * that each compiled loop sees one kind of memory (heap arrays mixed in cost a factor of two and more).
 *
 * <p>Owned by the arena it was allocated from. {@link #get} and {@link #set} are checked; kernels check their ranges
 * once a call and then use {@link #address}.
 */
public final class F32 {
    /** Cache line and widest vector: every allocation starts on such a border. */
    public static final int ALIGNMENT = 64;

    private static final int LINE = ALIGNMENT / Float.BYTES;

    /**
     * Floats of memory that is cleared by a copy of an array: the JDK clears in a loop, eight bytes at a time, which took a
     * cold JVM 5 ms and C2 another 10 before the first token.
     */
    private static final int CLEARED_BY_COPY = 1 << 18;

    private final MemorySegment segment;
    private final long address;
    private final long size;

    private F32(MemorySegment segment) {
        this.segment = segment;
        this.address = segment.address();
        this.size = segment.byteSize() / Float.BYTES;
    }

    /** Allocates {@code size} floats, all zero. */
    public static F32 allocate(Arena arena, long size) {
        if (size < LINE || size > CLEARED_BY_COPY) {
            return new F32(arena.allocate(Math.multiplyExact(size, (long) Float.BYTES), ALIGNMENT));
        }
        MemorySegment roomy = arena.allocateFrom(ValueLayout.JAVA_FLOAT, new float[(int) size + LINE - 1]);
        long skipped = -roomy.address() & (ALIGNMENT - 1);
        return new F32(roomy.asSlice(skipped, size * Float.BYTES));
    }

    /** Views native memory that somebody else owns; its length must be a multiple of 4 bytes. */
    public static F32 of(MemorySegment segment) {
        if (!segment.isNative() || segment.byteSize() % Float.BYTES != 0) {
            throw new IllegalArgumentException("need native memory of whole floats, got " + segment);
        }
        return new F32(segment);
    }

    /** Copies an array into fresh memory. */
    public static F32 copyOf(Arena arena, float... values) {
        F32 out = allocate(arena, values.length);
        out.write(values, 0, 0, values.length);
        return out;
    }

    public MemorySegment segment() {
        return segment;
    }

    /** Absolute address of element 0; valid while the owning arena is open. */
    public long address() {
        return address;
    }

    /** Number of floats. */
    public long size() {
        return size;
    }

    public float get(long index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index);
    }

    public void set(long index, float value) {
        segment.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, index, value);
    }

    /** A view of {@code length} floats from {@code from}. */
    public F32 slice(long from, long length) {
        return new F32(segment.asSlice(from * Float.BYTES, length * Float.BYTES));
    }

    /** Copies {@code length} floats between buffers. */
    public static void copy(F32 source, long from, F32 target, long to, long length) {
        MemorySegment.copy(source.segment, from * Float.BYTES, target.segment, to * Float.BYTES, length * Float.BYTES);
    }

    /** Sets {@code length} floats from {@code from} to zero. */
    public void clear(long from, long length) {
        segment.asSlice(from * Float.BYTES, length * Float.BYTES).fill((byte) 0);
    }

    /** Copies {@code length} floats from {@code from} into a fresh array. */
    public float[] toArray(long from, int length) {
        float[] out = new float[length];
        read(from, out, 0, length);
        return out;
    }

    /**
     * Copies {@code length} floats from {@code from} into an array. Where a process has just begun, even a single one:
     * {@link #get} makes the JVM write classes for a variable handle, 4 ms.
     */
    public void read(long from, float[] out, int at, int length) {
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT_UNALIGNED, from * Float.BYTES, out, at, length);
    }

    /** Copies {@code length} floats of an array to {@code to}. */
    public void write(float[] x, int from, long to, int length) {
        MemorySegment.copy(x, from, segment, ValueLayout.JAVA_FLOAT_UNALIGNED, to * Float.BYTES, length);
    }

    /**
     * Throws unless {@code [from, from + length)} lies inside and the memory is alive; kernels call it once per
     * operand.
     */
    public void check(long from, long length) {
        Objects.checkFromIndexSize(from, length, size);
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("the memory of these floats is closed");
        }
    }
}
