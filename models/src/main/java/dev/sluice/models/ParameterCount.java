package dev.sluice.models;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;

/**
 * Learnt numbers of a model, whatever form they are stored in: scales do not count, a tied embedding counts once
 * ({@code spec/model.md} §1.8).
 *
 * @param trunk everything but the draft head
 * @param mtp the draft head, 0 without one
 */
public record ParameterCount(long trunk, long mtp) {
    /** Counts what the weights hold. */
    public static ParameterCount of(Architecture architecture, Weights weights) {
        long trunk = matrix(weights.embedding()) + vectors(weights.finalNorm());
        if (!architecture.tiedEmbeddings()) {
            trunk += matrix(weights.head());
        }
        for (Weights.Layer layer : weights.layers()) {
            trunk += layer(layer);
        }
        Weights.Mtp mtp = weights.mtp();
        return new ParameterCount(
                trunk,
                mtp == null
                        ? 0
                        : vectors(mtp.embeddingNorm(), mtp.hiddenNorm(), mtp.norm())
                                + matrix(mtp.projection())
                                + layer(mtp.layer()));
    }

    private static long layer(Weights.Layer layer) {
        return vectors(layer.inputNorm(), layer.postNorm()) + mixer(layer.mixer()) + mlp(layer.mlp());
    }

    private static long mixer(Weights.Mixer mixer) {
        return switch (mixer) {
            case Weights.FullAttention a ->
                matrix(a.query())
                        + matrix(a.key())
                        + matrix(a.value())
                        + matrix(a.output())
                        + vectors(a.queryNorm(), a.keyNorm());
            case Weights.DeltaNet d ->
                d.in().stream().mapToLong(p -> matrix(p.matrix())).sum()
                        + matrix(d.out())
                        + vectors(d.conv(), d.negA(), d.dtBias(), d.norm());
        };
    }

    private static long mlp(Weights.Mlp mlp) {
        return switch (mlp) {
            case Weights.DenseMlp dense -> matrix(dense.gate()) + matrix(dense.up()) + matrix(dense.down());
            case Weights.MoeMlp moe -> {
                Weights.DenseMlp shared = moe.shared();
                Matrix sharedGate = moe.sharedGate();
                yield matrix(moe.router())
                        + moe.experts().stream().mapToLong(ParameterCount::mlp).sum()
                        + (shared == null ? 0 : mlp(shared))
                        + (sharedGate == null ? 0 : matrix(sharedGate));
            }
        };
    }

    private static long matrix(Matrix matrix) {
        return (long) matrix.rows() * matrix.cols();
    }

    private static long vectors(F32... vectors) {
        long sum = 0;
        for (F32 vector : vectors) {
            sum += vector.size();
        }
        return sum;
    }
}
