package dev.sluice.kernels.start;

import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rows;

/** {@link DeltaRule}, a few tokens at a time. */
final class StartingDeltaRule implements DeltaRule {
    /** Tokens of a piece: interpreted vectors take 10 ms for as many. */
    private static final int PIECE = 4;

    private final Kernels scalar;
    private final VectorTier tier;
    private final Contest steps;
    private final Contest dots;

    StartingDeltaRule(Kernels scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        this.steps = new Contest(tier);
        this.dots = new Contest(tier);
    }

    @Override
    public void run(
            F32 state,
            long stateAt,
            int dk,
            int dv,
            Rows q,
            Rows k,
            Rows v,
            Rows gates,
            Rows o,
            int first,
            int tokens,
            int from,
            int to,
            F32 scratch) {
        int t = 0;
        for (; t < tokens && !steps.won(); t += PIECE) {
            int at = first + t;
            int count = Math.min(PIECE, tokens - t);
            steps.whole(
                    scalar,
                    kernels -> kernels.deltaRule()
                            .run(state, stateAt, dk, dv, q, k, v, gates, o, at, count, from, to, scratch),
                    (long) count * dk * (to - from));
        }
        if (t < tokens) {
            tier.loaded()
                    .deltaRule()
                    .run(state, stateAt, dk, dv, q, k, v, gates, o, first + t, tokens - t, from, to, scratch);
        }
    }

    @Override
    public float dot(F32 k, long kAt, F32 q, long qAt, int n) {
        if (dots.won()) {
            return tier.loaded().deltaRule().dot(k, kAt, q, qAt, n);
        }
        float[] result = new float[1];
        dots.whole(scalar, kernels -> result[0] = kernels.deltaRule().dot(k, kAt, q, qAt, n), n);
        return result[0];
    }
}
