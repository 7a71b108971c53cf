package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Router;
import dev.sluice.kernels.scalar.Ranking;
import java.util.Objects;

/** {@link Router}: a vector softmax, then one scalar scan that keeps the best so far in order. */
public final class VectorRouter implements Router {
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
        logits.check(at, experts);
        Objects.checkFromIndexSize(0, topK, experts);
        Objects.checkFromIndexSize(outAt, topK, indices.length);
        Objects.checkFromIndexSize(outAt, topK, weights.length);
        long p = logits.address() + 4 * at;
        softmax(p, experts);
        for (int e = 0; e < experts; e++) {
            Ranking.insert(Lanes.get(p + 4L * e), e, Math.min(e, topK), topK, indices, weights, outAt);
        }
        if (renormalise) {
            Ranking.renormalise(weights, outAt, topK);
        }
    }

    private static void softmax(long x, int n) {
        Exp.shifted(x, n, Elements.max(x, n));
        Elements.scale(x, 1 / Sums.sum(x, n), n);
    }
}
