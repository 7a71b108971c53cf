package dev.sluice.models;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is, as plain numbers: everything an executor must know besides the weights. Made by a family from
 * {@code config.json}; all values are checked there.
 *
 * @param modelType the {@code model_type} of the (text) configuration, for messages
 * @param hiddenSize H
 * @param vocabSize rows of the embedding; ids at or above the tokenizer's size are padding
 * @param maxPositions positions the configuration promises ({@code max_position_embeddings})
 * @param normEps epsilon of every RMS norm
 * @param tiedEmbeddings the output head is the embedding
 * @param rope rotary embedding of all attention layers
 * @param layers the trunk, in order
 * @param mtp the draft head's layer, when the checkpoint has one
 */
public record Architecture(
        String modelType,
        int hiddenSize,
        int vocabSize,
        int maxPositions,
        float normEps,
        boolean tiedEmbeddings,
        RopeSpec rope,
        List<LayerSpec> layers,
        @Nullable LayerSpec mtp) {

    /** One decoder layer: {@code h += mixer(norm(h)); h += mlp(norm(h))}. */
    public record LayerSpec(MixerSpec mixer, MlpSpec mlp) {}

    /** How a layer mixes tokens. */
    public sealed interface MixerSpec {
        /**
         * Gated DeltaNet ({@code spec/model.md} §3.6). Value head {@code j} uses key head {@code j / (valueHeads /
         * keyHeads)}.
         */
        record GatedDeltaNet(int keyHeads, int valueHeads, int keyDim, int valueDim, int convTaps)
                implements MixerSpec {
            /** Channels of the convolution: q, k and v side by side. */
            public int convChannels() {
                return 2 * keyHeads * keyDim + valueHeads * valueDim;
            }

            /** Width of the output projection's input. */
            public int valueWidth() {
                return valueHeads * valueDim;
            }

            /** Columns that the input projections write: q, k, v, z, b and a side by side. */
            public int projectionWidth() {
                return convChannels() + valueWidth() + 2 * valueHeads;
            }
        }

        /**
         * Softmax attention ({@code spec/model.md} §3.3).
         *
         * @param gated the query projection also yields an output gate, interleaved per head
         */
        record FullAttention(int heads, int kvHeads, int headDim, boolean gated) implements MixerSpec {
            /** Columns from one head's query to the next in the query projection's output. */
            public int queryStride() {
                return gated ? 2 * headDim : headDim;
            }
        }
    }

    /** The feed-forward part of a layer. */
    public sealed interface MlpSpec {
        /** SwiGLU with {@code width} intermediate features. */
        record Dense(int width) implements MlpSpec {}

        /**
         * Sparse mixture of experts ({@code spec/model.md} §3.11).
         *
         * @param expertWidth intermediate features of a routed expert
         * @param sharedWidth those of the shared expert, 0 when there is none
         * @param renormalise divide the chosen probabilities by their sum
         */
        record SparseMoe(int experts, int topK, int expertWidth, int sharedWidth, boolean renormalise)
                implements MlpSpec {}
    }

    /**
     * Rotary embedding.
     *
     * @param rotaryDim leading components of a head that rotate
     * @param yarn context extension, when the configuration or the user asks for it
     */
    public record RopeSpec(
            double theta, int rotaryDim, @Nullable Yarn yarn) {}

    /**
     * YaRN ({@code spec/model.md} §7).
     *
     * @param attentionFactor factor on cosines and sines, already derived
     */
    public record Yarn(
            double factor, int originalMaxPositions, double betaFast, double betaSlow, double attentionFactor) {}
}
