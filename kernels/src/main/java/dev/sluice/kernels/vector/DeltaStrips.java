package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Strips of the state of a delta rule, four vectors wide, on their way to where their rows lie side by side, and back. */
final class DeltaStrips {
    private DeltaStrips() {}

    /** Copies a strip of {@code dk} rows; with a loop over the four vectors C2 keeps each in a box, 80 bytes. */
    static void move(long fromAt, long fromPitch, long toAt, long toPitch, int dk) {
        long from = Lanes.address(fromAt);
        long to = Lanes.address(toAt);
        for (int i = 0; i < dk; i++) {
            FloatVector v0 = FloatVector.fromMemorySegment(F, MEMORY, from, ORDER);
            FloatVector v1 = FloatVector.fromMemorySegment(F, MEMORY, from + BYTES, ORDER);
            FloatVector v2 = FloatVector.fromMemorySegment(F, MEMORY, from + 2 * BYTES, ORDER);
            FloatVector v3 = FloatVector.fromMemorySegment(F, MEMORY, from + 3 * BYTES, ORDER);
            v0.intoMemorySegment(MEMORY, to, ORDER);
            v1.intoMemorySegment(MEMORY, to + BYTES, ORDER);
            v2.intoMemorySegment(MEMORY, to + 2 * BYTES, ORDER);
            v3.intoMemorySegment(MEMORY, to + 3 * BYTES, ORDER);
            from = (from + fromPitch) & Lanes.ADDRESS;
            to = (to + toPitch) & Lanes.ADDRESS;
        }
    }

    /** {@link #move} for prompts, without vectors: {@link VectorDeltaRule} says why. */
    static void copy(long from, long fromPitch, long to, long toPitch, int dk) {
        for (int i = 0; i < dk; i++) {
            MemorySegment.copy(MEMORY, from + i * fromPitch, MEMORY, to + i * toPitch, 4 * BYTES);
        }
    }
}
