package dev.sluice.kernels.reference;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Router;

/** {@link Router}: softmax in f64, then one pass over the experts for each choice. */
public final class PlainRouter implements Router {
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
        softmax(logits, at, experts);
        double sum = 0;
        for (int i = 0; i < topK; i++) {
            int best = i == 0
                    ? after(logits, at, experts, Float.NaN, -1)
                    : after(logits, at, experts, weights[outAt + i - 1], indices[outAt + i - 1]);
            indices[outAt + i] = best;
            weights[outAt + i] = logits.get(at + best);
            sum += weights[outAt + i];
        }
        for (int i = 0; renormalise && i < topK; i++) {
            weights[outAt + i] = (float) (weights[outAt + i] / sum);
        }
    }

    private static void softmax(F32 logits, long at, int experts) {
        double max = Double.NEGATIVE_INFINITY;
        for (int e = 0; e < experts; e++) {
            max = Math.max(max, logits.get(at + e));
        }
        double sum = 0;
        for (int e = 0; e < experts; e++) {
            sum += Math.exp(logits.get(at + e) - max);
        }
        for (int e = 0; e < experts; e++) {
            logits.set(at + e, (float) (Math.exp(logits.get(at + e) - max) / sum));
        }
    }

    /**
     * The expert that follows (probability, index) in the order of falling probability and rising index. NaN counts as
     * the largest, so a broken logit shows in the weights instead of vanishing.
     */
    private static int after(F32 p, long at, int experts, float probability, int index) {
        int best = -1;
        for (int e = 0; e < experts; e++) {
            int toLast = Float.compare(p.get(at + e), probability);
            boolean follows = toLast < 0 || (toLast == 0 && e > index);
            if (follows && (best < 0 || Float.compare(p.get(at + e), p.get(at + best)) > 0)) {
                best = e;
            }
        }
        return best;
    }
}
