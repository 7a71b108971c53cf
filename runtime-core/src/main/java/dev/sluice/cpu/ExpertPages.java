package dev.sluice.cpu;

import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.models.Weights;

/** Reads experts ahead of their use when the weights are larger than memory; otherwise does nothing. */
final class ExpertPages {
    /** Chosen experts of at most this many bytes are asked for at once: ten of the 80B model in FP8 are 31 MB. */
    private static final long AT_ONCE = 128L << 20;

    private final PageAdvice advice;

    ExpertPages(PageAdvice advice) {
        this.advice = advice;
    }

    /** Whether anything is asked for. */
    boolean active() {
        return !advice.equals(PageAdvice.NONE);
    }

    /** Whether so many chosen experts like this one are asked for at once, before any of them computes. */
    static boolean atOnce(Weights.DenseMlp expert, int chosen) {
        return chosen
                        * (expert.gate().bytes()
                                + expert.up().bytes()
                                + expert.down().bytes())
                <= AT_ONCE;
    }

    /** Whatever is not asked for in time should come without its neighbours: they evict experts that are in use. */
    void scattered(Weights weights) {
        if (active()) {
            weights.layers().forEach(this::scattered);
        }
    }

    private void scattered(Weights.Layer layer) {
        if (layer.mlp() instanceof Weights.MoeMlp moe) {
            moe.experts().forEach(this::scattered);
        }
    }

    private void scattered(Weights.DenseMlp expert) {
        scattered(expert.gate());
        scattered(expert.up());
        scattered(expert.down());
    }

    private void scattered(Matrix matrix) {
        advice.scattered(matrix.data());
        if (matrix instanceof Matrix.AffineGroups affine) {
            advice.scattered(affine.scales());
            advice.scattered(affine.biases());
        }
    }

    /** Starts reading. */
    void willNeed(Matrix matrix) {
        advice.willNeed(matrix.data());
        if (matrix instanceof Matrix.AffineGroups affine) {
            advice.willNeed(affine.scales());
            advice.willNeed(affine.biases());
        }
    }
}
