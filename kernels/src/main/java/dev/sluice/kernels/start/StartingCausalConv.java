package dev.sluice.kernels.start;

import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rows;

/** {@link CausalConv}, a few tokens at a time. */
final class StartingCausalConv implements CausalConv {
    /** Tokens of a piece. */
    private static final int PIECE = 8;

    private final Kernels scalar;
    private final VectorTier tier;
    private final Contest contest;

    StartingCausalConv(Kernels scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        this.contest = new Contest(tier);
    }

    @Override
    public void run(
            Rows x,
            int xFirst,
            int xColumn,
            Rows y,
            int yFirst,
            int yColumn,
            int tokens,
            F32 weights,
            F32 state,
            long stateAt,
            Channels columns) {
        int t = 0;
        for (; t < tokens && !contest.won(); t += PIECE) {
            int from = t;
            int count = Math.min(PIECE, tokens - t);
            contest.whole(
                    scalar,
                    k -> k.causalConv()
                            .run(
                                    x,
                                    xFirst + from,
                                    xColumn,
                                    y,
                                    yFirst + from,
                                    yColumn,
                                    count,
                                    weights,
                                    state,
                                    stateAt,
                                    columns),
                    (long) count * columns.count());
        }
        if (t < tokens) {
            tier.loaded()
                    .causalConv()
                    .run(x, xFirst + t, xColumn, y, yFirst + t, yColumn, tokens - t, weights, state, stateAt, columns);
        }
    }
}
