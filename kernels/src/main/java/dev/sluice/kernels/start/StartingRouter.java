package dev.sluice.kernels.start;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Router;

/** {@link Router}, call by call. */
final class StartingRouter implements Router {
    private final Kernels scalar;
    private final VectorTier tier;
    private final Contest choose;

    StartingRouter(Kernels scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        this.choose = new Contest(tier);
    }

    @Override
    public void choose(
            F32 logits,
            long at,
            int experts,
            int topK,
            boolean renormalise,
            int[] indices,
            float[] weights,
            int outAt) {
        if (choose.won()) {
            tier.loaded().router().choose(logits, at, experts, topK, renormalise, indices, weights, outAt);
        } else {
            choose.whole(
                    scalar,
                    k -> k.router().choose(logits, at, experts, topK, renormalise, indices, weights, outAt),
                    experts);
        }
    }
}
