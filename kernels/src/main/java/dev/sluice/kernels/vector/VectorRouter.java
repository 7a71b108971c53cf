package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Router;
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
            insert(Lanes.get(p + 4L * e), e, Math.min(e, topK), topK, indices, weights, outAt);
        }
        if (renormalise) {
            renormalise(weights, outAt, topK);
        }
    }

    /** Equal ones stay behind those seen before. NaN displaces nothing, so the indices are always valid and distinct. */
    private static void insert(float p, int expert, int kept, int topK, int[] indices, float[] weights, int outAt) {
        if (kept == topK && !(p > weights[outAt + topK - 1])) {
            return;
        }
        int place = kept == topK ? topK - 1 : kept;
        for (; place > 0 && p > weights[outAt + place - 1]; place--) {
            weights[outAt + place] = weights[outAt + place - 1];
            indices[outAt + place] = indices[outAt + place - 1];
        }
        weights[outAt + place] = p;
        indices[outAt + place] = expert;
    }

    private static void renormalise(float[] weights, int at, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += weights[at + i];
        }
        for (int i = 0; i < n; i++) {
            weights[at + i] /= sum;
        }
    }

    private static void softmax(long x, int n) {
        Exp.shifted(x, n, Elements.max(x, n));
        Elements.scale(x, 1 / Sums.sum(x, n), n);
    }
}
