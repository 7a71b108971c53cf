package dev.sluice.cpu;

import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import dev.sluice.models.Architecture.MixerSpec.GatedDeltaNet;
import java.lang.foreign.Arena;

/** What the delta rule reads and writes for some tokens, and each head's columns in it. */
final class DeltaRows {
    /** Floats of a gate: alpha, beta, k.q. */
    static final int GATE = 3;

    private final GatedDeltaNet spec;
    private final Rows mixed;
    private final Rows gates;
    private final Rows output;
    private final Rows[] queryOf;
    private final Rows[] keyOf;
    private final Rows[] valueOf;
    private final Rows[] gateOf;
    private final Rows[] outputOf;

    DeltaRows(Arena arena, GatedDeltaNet spec, int tokens) {
        this.spec = spec;
        this.mixed = rows(arena, tokens, spec.convChannels());
        this.gates = rows(arena, tokens, GATE * spec.valueHeads());
        this.output = rows(arena, tokens, spec.valueWidth());
        this.queryOf = new Rows[spec.keyHeads()];
        this.keyOf = new Rows[spec.keyHeads()];
        for (int head = 0; head < spec.keyHeads(); head++) {
            queryOf[head] = mixed.column(queryColumn(head));
            keyOf[head] = mixed.column(keyColumn(head));
        }
        this.valueOf = new Rows[spec.valueHeads()];
        this.gateOf = new Rows[spec.valueHeads()];
        this.outputOf = new Rows[spec.valueHeads()];
        for (int head = 0; head < spec.valueHeads(); head++) {
            valueOf[head] = mixed.column(valueColumn(head));
            gateOf[head] = gates.column(GATE * head);
            outputOf[head] = output.column(head * spec.valueDim());
        }
    }

    private static Rows rows(Arena arena, int tokens, int width) {
        return Rows.allocate(arena, tokens, width);
    }

    static long floats(GatedDeltaNet spec, int tokens) {
        return Rows.floats(tokens, spec.convChannels())
                + Rows.floats(tokens, GATE * spec.valueHeads())
                + Rows.floats(tokens, spec.valueWidth());
    }

    /** First channel of a key head's query in the flat q|k|v order of convolution and state. */
    int queryColumn(int keyHead) {
        return keyHead * spec.keyDim();
    }

    int keyColumn(int keyHead) {
        return (spec.keyHeads() + keyHead) * spec.keyDim();
    }

    int valueColumn(int valueHead) {
        return 2 * spec.keyHeads() * spec.keyDim() + valueHead * spec.valueDim();
    }

    /** {@code [tokens, channels]}: q|k|v after convolution, q and k normalised. */
    Rows mixed() {
        return mixed;
    }

    /** {@code [tokens, valueHeads * 3]}. */
    Rows gates() {
        return gates;
    }

    /** {@code [tokens, valueHeads * valueDim]}. */
    Rows output() {
        return output;
    }

    Rows queryOf(int keyHead) {
        return queryOf[keyHead];
    }

    Rows keyOf(int keyHead) {
        return keyOf[keyHead];
    }

    Rows gateOf(int valueHead) {
        return gateOf[valueHead];
    }

    Rows outputOf(int valueHead) {
        return outputOf[valueHead];
    }

    /** Moves one head's state over {@code tokens} rows from {@code first} on. */
    void step(DeltaRule rule, F32 state, long stateAt, int valueHead, int first, int tokens, F32 scratch) {
        int keyHead = valueHead / (spec.valueHeads() / spec.keyHeads());
        rule.run(
                state,
                stateAt,
                spec.keyDim(),
                spec.valueDim(),
                queryOf[keyHead],
                keyOf[keyHead],
                valueOf[valueHead],
                gateOf[valueHead],
                outputOf[valueHead],
                first,
                tokens,
                0,
                spec.valueDim(),
                scratch);
    }

    long bytes() {
        return Float.BYTES
                * (mixed.data().size() + gates.data().size() + output.data().size());
    }
}
