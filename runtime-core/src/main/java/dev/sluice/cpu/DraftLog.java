package dev.sluice.cpu;

import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import dev.sluice.models.Architecture.MixerSpec.GatedDeltaNet;
import java.lang.foreign.Arena;

/**
 * What one DeltaNet layer needs to accept drafted tokens later. A draft step leaves the states alone (the recurrence
 * runs on a copy in cache) and logs the inputs of convolution and recurrence; {@code commit} runs the accepted rows
 * again with the same kernel calls, so the state gets the same bits as without speculation. A copy of all states would
 * be 72 MiB for Qwen3-Next-80B; the log is 0.1 MB a layer and token.
 */
final class DraftLog {
    private final GatedDeltaNet spec;
    private final int capacity;
    private final F32 stagedConv;
    private final Rows raw;
    private final DeltaRows rows;

    DraftLog(Arena arena, GatedDeltaNet spec, int capacity) {
        this.spec = spec;
        this.capacity = capacity;
        int channels = spec.convChannels();
        this.stagedConv = F32.allocate(arena, (long) (spec.convTaps() - 1) * channels);
        this.raw = Rows.of(F32.allocate(arena, (long) capacity * channels), channels);
        this.rows = new DeltaRows(arena, spec, capacity);
    }

    int capacity() {
        return capacity;
    }

    /** A copy of the convolution state's columns {@code [from, from + count)} that a draft step may advance. */
    F32 stageConv(F32 conv, int from, int count) {
        for (int row = 0; row < spec.convTaps() - 1; row++) {
            long at = (long) row * spec.convChannels() + from;
            F32.copy(conv, at, stagedConv, at, count);
        }
        return stagedConv;
    }

    /** Keeps raw rows: {@code count} floats at {@code column} become channels from {@code channel} on. */
    void keepRaw(Rows x, int first, int tokens, int column, int channel, int count) {
        for (int t = 0; t < tokens; t++) {
            F32.copy(x.data(), x.row(first + t) + column, raw.data(), raw.row(t) + channel, count);
        }
    }

    /** Keeps a value head's gates and the channels of the recurrence's input. */
    void keep(DeltaRows source, int first, int tokens, int keyHead) {
        int group = spec.valueHeads() / spec.keyHeads();
        int value = keyHead * group;
        for (int t = 0; t < tokens; t++) {
            copy(source.mixed(), first + t, rows.mixed(), t, rows.queryColumn(keyHead), spec.keyDim());
            copy(source.mixed(), first + t, rows.mixed(), t, rows.keyColumn(keyHead), spec.keyDim());
            copy(source.mixed(), first + t, rows.mixed(), t, rows.valueColumn(value), group * spec.valueDim());
            copy(source.gates(), first + t, rows.gates(), t, DeltaRows.GATE * value, DeltaRows.GATE * group);
        }
    }

    private static void copy(Rows from, int fromRow, Rows to, int toRow, int column, int count) {
        F32.copy(from.data(), from.row(fromRow) + column, to.data(), to.row(toRow) + column, count);
    }

    /** Runs the first {@code tokens} logged rows of one head on the real state. */
    void replay(DeltaRule rule, DeltaState state, int valueHead, int tokens, F32 scratch) {
        rows.step(rule, state.recurrent(), state.headAt(valueHead), valueHead, 0, tokens, scratch);
    }

    /** Makes the convolution state the last rows of {@code [state; first tokens logged rows]}. */
    void replayConv(DeltaState state, int tokens) {
        int kept = spec.convTaps() - 1;
        int channels = spec.convChannels();
        F32 conv = state.conv();
        for (int row = 0; row < kept; row++) {
            int from = row + tokens;
            if (from < kept) {
                F32.copy(conv, (long) from * channels, conv, (long) row * channels, channels);
            } else {
                F32.copy(raw.data(), raw.row(from - kept), conv, (long) row * channels, channels);
            }
        }
    }

    long bytes() {
        return Float.BYTES * (stagedConv.size() + raw.data().size()) + rows.bytes();
    }
}
