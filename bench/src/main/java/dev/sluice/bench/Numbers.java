package dev.sluice.bench;

import dev.sluice.kernels.F32;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Operands without subnormal numbers. */
final class Numbers {
    private Numbers() {}

    /** Floats between -1 and 1. */
    static F32 floats(Arena arena, long count) {
        F32 out = F32.allocate(arena, count);
        for (long i = 0; i < count; i++) {
            out.set(i, (float) Math.sin(i * 0.7 + 1));
        }
        return out;
    }

    /** Codes that are ordinary numbers in BF16, F16 and, byte by byte, in E4M3, at an odd offset as in real files. */
    static MemorySegment codes(Arena arena, long bytes) {
        MemorySegment all = arena.allocate(bytes + 16, 64).asSlice(8, bytes);
        long state = 1;
        for (long at = 0; at + 8 <= bytes; at += 8) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            all.set(ValueLayout.JAVA_LONG_UNALIGNED, at, (state & 0x80F780F780F780F7L) | 0x3F103F103F103F10L);
        }
        return all;
    }
}
