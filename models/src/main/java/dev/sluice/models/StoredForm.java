package dev.sluice.models;

import dev.sluice.kernels.Matrix;

/** What people call the form in which a model's weights are stored. */
final class StoredForm {
    private StoredForm() {}

    /** That of the feed-forward matrices of the last layer: the largest part of any model, and stored alike in all layers. */
    static String of(Weights weights) {
        return switch (weights.layers().getLast().mlp()) {
            case Weights.DenseMlp dense -> name(dense.gate());
            case Weights.MoeMlp moe -> name(moe.experts().getFirst().gate());
        };
    }

    private static String name(Matrix matrix) {
        return switch (matrix) {
            case Matrix.Dense dense -> dense.type().name();
            case Matrix.Fp8Blocks _ -> "FP8";
            case Matrix.AffineGroups groups -> "MLX " + groups.bits() + " bit";
        };
    }
}
