package dev.sluice.kernels.scalar;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Router;
import java.util.Objects;

/** {@link Router}; the softmax is summed in the order of {@code width} lanes. */
public record ScalarRouter(int width) implements Router {
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
        Objects.checkFromIndexSize(0, topK, experts);
        float[] p = Floats.of(logits, at, experts);
        softmax(p);
        Floats.write(p, 0, logits, at, experts);
        for (int e = 0; e < experts; e++) {
            Ranking.insert(p[e], e, Math.min(e, topK), topK, indices, weights, outAt);
        }
        if (renormalise) {
            Ranking.renormalise(weights, outAt, topK);
        }
    }

    private void softmax(float[] x) {
        float max = Float.NEGATIVE_INFINITY;
        for (float value : x) {
            max = Math.max(max, value);
        }
        ScalarExp.shifted(x, x.length, max);
        float factor = 1 / LaneSum.sum(x, x.length, width);
        for (int i = 0; i < x.length; i++) {
            x[i] *= factor;
        }
    }
}
