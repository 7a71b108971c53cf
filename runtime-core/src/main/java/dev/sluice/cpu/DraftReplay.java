package dev.sluice.cpu;

import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.ThreadTeam;

/** Accepts drafted tokens: one region over the value heads of all DeltaNet layers of a sequence. */
final class DraftReplay implements ThreadTeam.Region {
    private final Workers workers;
    private final DeltaRule rule;
    private DeltaState[] states = new DeltaState[0];
    private int tokens;

    DraftReplay(Workers workers) {
        this.workers = workers;
        this.rule = workers.kernels().deltaRule();
    }

    void run(DeltaState[] states, int tokens) {
        this.states = states;
        this.tokens = tokens;
        workers.run(this);
    }

    @Override
    public void run(int member, int members) {
        for (DeltaState state : states) {
            int heads = state.spec().valueHeads();
            int to = Bands.start(heads, member + 1, members);
            for (int head = Bands.start(heads, member, members); head < to; head++) {
                state.log().replay(rule, state, head, tokens, workers.scratch(member));
            }
            if (member == 0) {
                state.log().replayConv(state, tokens);
            }
        }
    }
}
