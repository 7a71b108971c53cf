package dev.sluice.cpu;

import dev.sluice.kernels.F32;
import dev.sluice.models.Architecture.MixerSpec.GatedDeltaNet;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/** State of one DeltaNet layer and one sequence ({@code spec/model.md} §4.1); zero at the start of a sequence. */
final class DeltaState {
    private final Arena arena;
    private final GatedDeltaNet spec;
    private final F32 recurrent;
    private final F32 conv;
    private @Nullable DraftLog log;

    DeltaState(Arena arena, GatedDeltaNet spec) {
        this.arena = arena;
        this.spec = spec;
        this.recurrent = F32.allocate(arena, cells(spec));
        this.conv = F32.allocate(arena, taps(spec));
    }

    static long floats(GatedDeltaNet spec) {
        return cells(spec) + taps(spec);
    }

    private static long cells(GatedDeltaNet spec) {
        return (long) spec.valueHeads() * spec.keyDim() * spec.valueDim();
    }

    private static long taps(GatedDeltaNet spec) {
        return (long) (spec.convTaps() - 1) * spec.convChannels();
    }

    GatedDeltaNet spec() {
        return spec;
    }

    /** {@code S [valueHeads, keyDim, valueDim]}. */
    F32 recurrent() {
        return recurrent;
    }

    /** Where the state of a value head begins in {@link #recurrent}. */
    long headAt(int valueHead) {
        return (long) valueHead * spec.keyDim() * spec.valueDim();
    }

    /** Raw rows of q|k|v before the convolution, {@code [taps - 1, channels]}, oldest first. */
    F32 conv() {
        return conv;
    }

    /** Where draft steps of up to {@code tokens} tokens leave what {@code commit} needs. */
    DraftLog log(int tokens) {
        DraftLog current = log;
        if (current == null || current.capacity() < tokens) {
            // a longer log replaces the old one, whose few rows stay with the arena until the sequence closes
            current = new DraftLog(arena, spec, tokens);
            log = current;
        }
        return current;
    }

    /** The log of the last draft step. */
    DraftLog log() {
        DraftLog current = log;
        if (current == null) {
            throw new IllegalStateException("no draft step was run");
        }
        return current;
    }

    void clear() {
        recurrent.clear(0, recurrent.size());
        conv.clear(0, conv.size());
    }

    void copyFrom(DeltaState other) {
        F32.copy(other.recurrent, 0, recurrent, 0, recurrent.size());
        F32.copy(other.conv, 0, conv, 0, conv.size());
    }

    long bytes() {
        long draft = log == null ? 0 : log.bytes();
        return Float.BYTES * (recurrent.size() + conv.size()) + draft;
    }
}
