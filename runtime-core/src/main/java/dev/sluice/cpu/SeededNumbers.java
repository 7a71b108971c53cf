package dev.sluice.cpu;

import dev.sluice.kernels.Dtype;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Fills memory with numbers between 1/16 and 1/8 of either sign: ordinary operands for every kernel. */
final class SeededNumbers {
    private static final long F32_RANDOM = 0x807F_FFFF_807F_FFFFL;
    private static final long F32_EXPONENT = 0x3D80_0000_3D80_0000L;
    private static final long BF16_RANDOM = 0x807F_807F_807F_807FL;
    private static final long BF16_EXPONENT = 0x3D80_3D80_3D80_3D80L;

    private long state;

    SeededNumbers(long seed) {
        this.state = seed;
    }

    /** Fills memory of F32 or BF16 numbers. */
    void fill(Dtype type, MemorySegment memory) {
        if (type == Dtype.BF16) {
            fill(memory, BF16_RANDOM, BF16_EXPONENT);
        } else {
            floats(memory);
        }
    }

    /** Fills memory of F32 numbers. */
    void floats(MemorySegment memory) {
        fill(memory, F32_RANDOM, F32_EXPONENT);
    }

    private void fill(MemorySegment memory, long random, long exponent) {
        long whole = memory.byteSize() & -8L;
        for (long at = 0; at < whole; at += 8) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, (next() & random) | exponent);
        }
        if (whole < memory.byteSize()) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, whole, (int) ((next() & random) | exponent));
        }
    }

    private long next() {
        state = state * 6364136223846793005L + 1442695040888963407L;
        return state ^ (state >>> 29);
    }
}
