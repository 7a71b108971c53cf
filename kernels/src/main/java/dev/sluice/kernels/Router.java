package dev.sluice.kernels;

/** Expert choice of a MoE layer ({@code spec/model.md} §3.11). */
public interface Router {
    /**
     * Softmax over {@code experts} logits, then the {@code topK} largest by falling probability, ties to the lower
     * index.
     *
     * @param logits at {@code at}; overwritten by probabilities
     * @param indices receives {@code topK} expert numbers from {@code outAt}
     * @param weights receives their probabilities from {@code outAt}, divided by their sum if {@code renormalise}
     */
    void choose(
            F32 logits, long at, int experts, int topK, boolean renormalise, int[] indices, float[] weights, int outAt);
}
