package dev.sluice.models;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a model, arranged like its {@link Architecture}. Matrices are views into the mapped files; vectors are
 * widened to f32 and folded (zero-centred norms hold {@code 1 + w}). Valid while the {@link LoadedModel} that made them
 * is open.
 *
 * @param embedding {@code [vocab, hidden]}
 * @param head {@code [vocab, hidden]}; the same object as {@code embedding} when tied
 * @param finalNorm {@code [hidden]}
 */
public record Weights(
        Matrix embedding,
        Matrix head,
        F32 finalNorm,
        List<Layer> layers,
        @Nullable Mtp mtp) {

    /** Matrices that activations are multiplied with, routers apart: those of all layers and the head. */
    public Stream<Matrix> products() {
        return Stream.concat(
                layers.stream().flatMap(layer -> Stream.concat(products(layer.mixer()), products(layer.mlp()))),
                Stream.of(head));
    }

    private static Stream<Matrix> products(Mixer mixer) {
        return switch (mixer) {
            case DeltaNet delta -> Stream.concat(delta.in().stream().map(Projection::matrix), Stream.of(delta.out()));
            case FullAttention full -> Stream.of(full.query(), full.key(), full.value(), full.output());
        };
    }

    private static Stream<Matrix> products(Mlp mlp) {
        return switch (mlp) {
            case DenseMlp dense -> Stream.of(dense.gate(), dense.up(), dense.down());
            case MoeMlp moe ->
                Stream.concat(moe.experts().stream(), Stream.ofNullable(moe.shared()))
                        .flatMap(Weights::products);
        };
    }

    /** Vectors that every step reads, all outside the files. */
    public Stream<F32> vectors() {
        return Stream.concat(
                Stream.of(finalNorm),
                layers.stream()
                        .flatMap(layer ->
                                Stream.concat(Stream.of(layer.inputNorm(), layer.postNorm()), vectors(layer.mixer()))));
    }

    private static Stream<F32> vectors(Mixer mixer) {
        return switch (mixer) {
            case DeltaNet delta -> Stream.of(delta.conv(), delta.negA(), delta.dtBias(), delta.norm());
            case FullAttention full -> Stream.of(full.queryNorm(), full.keyNorm());
        };
    }

    /** One decoder layer; both norms {@code [hidden]}. */
    public record Layer(F32 inputNorm, Mixer mixer, F32 postNorm, Mlp mlp) {}

    /** Weights of a token mixer. */
    public sealed interface Mixer {}

    /**
     * Gated DeltaNet. The input projections write side by side into one row of {@code projectionWidth} floats (each
     * from its {@code column} on); {@code layout} says where in that row everything is, so head-interleaved and flat
     * checkpoints take one path.
     *
     * @param conv {@code [taps, channels]} (transposed from the file's {@code [channels, 1, taps]})
     * @param negA {@code -exp(A_log)} per value head
     * @param dtBias per value head
     * @param norm {@code [valueDim]}, plain (not zero-centred)
     * @param out {@code [hidden, valueHeads * valueDim]}
     */
    public record DeltaNet(
            List<Projection> in,
            int projectionWidth,
            DeltaLayout layout,
            F32 conv,
            F32 negA,
            F32 dtBias,
            F32 norm,
            Matrix out)
            implements Mixer {}

    /** A matrix whose results start at {@code column} of a wider row. */
    public record Projection(Matrix matrix, int column) {}

    /**
     * First column of each head's part in the projected row: queries and keys per key head, the rest per value head
     * ({@code beta} and {@code decay} are single columns: the logits b and a).
     */
    public record DeltaLayout(int[] query, int[] key, int[] value, int[] z, int[] beta, int[] decay) {}

    /**
     * Softmax attention.
     *
     * @param query {@code [heads * queryStride, hidden]}; when gated, each head's query rows then its gate rows
     * @param key {@code [kvHeads * headDim, hidden]}
     * @param value as key
     * @param output {@code [hidden, heads * headDim]}
     * @param queryNorm {@code [headDim]}
     * @param keyNorm {@code [headDim]}
     */
    public record FullAttention(Matrix query, Matrix key, Matrix value, Matrix output, F32 queryNorm, F32 keyNorm)
            implements Mixer {}

    /** Weights of a feed-forward part. */
    public sealed interface Mlp {}

    /** SwiGLU: {@code gate, up [width, hidden]}, {@code down [hidden, width]}. */
    public record DenseMlp(Matrix gate, Matrix up, Matrix down) implements Mlp {}

    /**
     * Mixture of experts.
     *
     * @param router {@code [experts, hidden]}
     * @param experts the routed experts
     * @param shared the expert every token visits, if the family has one
     * @param sharedGate {@code [1, hidden]}, present exactly with {@code shared}
     */
    public record MoeMlp(
            Matrix router,
            List<DenseMlp> experts,
            @Nullable DenseMlp shared,
            @Nullable Matrix sharedGate) implements Mlp {}

    /**
     * The draft head ({@code spec/model.md} §5.1).
     *
     * @param projection {@code fc [hidden, 2 * hidden]}: columns embedding, then hidden
     */
    public record Mtp(F32 embeddingNorm, F32 hiddenNorm, Matrix projection, Layer layer, F32 norm) {}
}
