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
        return new F32(arena.allocate(Math.multiplyExact(size, (long) Float.BYTES), ALIGNMENT));
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
        MemorySegment.copy(values, 0, out.segment, ValueLayout.JAVA_FLOAT, 0, values.length);
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
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT_UNALIGNED, from * Float.BYTES, out, 0, length);
        return out;
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
