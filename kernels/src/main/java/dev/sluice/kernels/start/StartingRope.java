package dev.sluice.kernels.start;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rope;

/** {@link Rope}, call by call. */
final class StartingRope implements Rope {
    private final Kernels scalar;
    private final VectorTier tier;
    private final Contest rotate;

    StartingRope(Kernels scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        this.rotate = new Contest(tier);
    }

    @Override
    public void rotate(F32 x, long xAt, F32 cosSin, long tableAt, int half) {
        if (rotate.won()) {
            tier.loaded().rope().rotate(x, xAt, cosSin, tableAt, half);
        } else {
            rotate.whole(scalar, k -> k.rope().rotate(x, xAt, cosSin, tableAt, half), half);
        }
    }
}
