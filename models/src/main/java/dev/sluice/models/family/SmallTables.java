package dev.sluice.models.family;

import dev.sluice.kernels.F32;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Copies of arrays, the small ones side by side in shared memory: a model of experts has thousands of tables of two scales,
 * and an allocation takes a cold JVM 10 us. Each begins on a cache line. For one thread.
 */
final class SmallTables {
    /** Floats that are allocated at once; an eighth of it is no small table. */
    private static final int SHARED = 1 << 12;

    private static final int LINE = F32.ALIGNMENT / Float.BYTES;

    private final Arena arena;
    private @Nullable F32 shared;

    /** Floats of {@code shared} that are taken. */
    private int taken;

    SmallTables(Arena arena) {
        this.arena = arena;
    }

    F32 copyOf(float[] values) {
        int room = (values.length + LINE - 1) / LINE * LINE;
        if (room == 0 || room > SHARED / 8) {
            return F32.copyOf(arena, values);
        }
        F32 piece = shared;
        if (piece == null || taken + room > SHARED) {
            piece = F32.allocate(arena, SHARED);
            shared = piece;
            taken = 0;
        }
        F32 out = piece.slice(taken, values.length);
        out.write(values, 0, 0, values.length);
        taken += room;
        return out;
    }
}
