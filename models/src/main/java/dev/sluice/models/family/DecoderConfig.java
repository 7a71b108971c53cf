package dev.sluice.models.family;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec.FullAttention;
import dev.sluice.models.Architecture.MixerSpec.GatedDeltaNet;
import dev.sluice.models.Architecture.MlpSpec.Dense;
import dev.sluice.models.Architecture.MlpSpec.SparseMoe;
import dev.sluice.models.Architecture.RopeSpec;
import dev.sluice.models.Architecture.Yarn;
import dev.sluice.models.checkpoint.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The keys that the families share ({@code spec/model.md} §1.2, §1.3). Every dimension is bounded before anything is
 * computed from it: with these bounds no product of two of them leaves 31 bits and no tensor's element count 63.
 */
final class DecoderConfig {
    static final int MAX_POSITIONS = 1 << 28;

    private static final int MAX_LAYERS = 1024;
    private static final int MAX_WIDTH = 1 << 18;
    private static final int MAX_HEADS = 1024;
    private static final int MAX_HEAD_DIM = 1024;
    private static final int MAX_EXPERTS = 2048;
    private static final int MAX_VOCAB = 1 << 22;

    private final ModelConfig config;
    private final JsonObject text;

    DecoderConfig(ModelConfig config) {
        this.config = config;
        this.text = config.text();
        checkActivations();
        checkUnsupported();
    }

    private void checkActivations() {
        only("hidden_act", List.of("silu"));
        // names the gate of the DeltaNet norm; the attention gate is always a sigmoid (§1.2)
        only("output_gate_type", List.of("silu", "swish"));
    }

    private void only(String key, List<String> values) {
        String value = text.string(key);
        if (value != null && !values.contains(value)) {
            throw new UnsupportedModelException(
                    text.where(key) + " is \"" + value + "\"; supported is " + String.join(" or ", values));
        }
    }

    private void checkUnsupported() {
        for (String key : List.of("attention_bias", "layer_scale", "mtp_use_dedicated_embeddings")) {
            if (text.bool(key, false)) {
                throw new UnsupportedModelException(text.where(key) + " is true; supported is false");
            }
        }
        if (!text.bool("attn_output_gate", true)) {
            throw new UnsupportedModelException(text.where("attn_output_gate") + " is false; supported is true");
        }
        int firstWindowed = text.integer("max_window_layers", 28, 0, MAX_POSITIONS);
        if (text.bool("use_sliding_window", false) && firstWindowed < layers()) {
            throw new UnsupportedModelException(text.where("use_sliding_window")
                    + " is true; sliding windows are not supported (max_window_layers " + firstWindowed + " of "
                    + layers() + " layers)");
        }
    }

    JsonObject text() {
        return text;
    }

    int layers() {
        return text.integer("num_hidden_layers", 1, MAX_LAYERS);
    }

    int hiddenSize() {
        return text.integer("hidden_size", 1, MAX_WIDTH);
    }

    int vocabSize() {
        return text.integer("vocab_size", 1, MAX_VOCAB);
    }

    float normEps() {
        return Objects.requireNonNullElse(text.number("rms_norm_eps", 1e-12, 1e-2), 1e-6)
                .floatValue();
    }

    /** @param partialDefault share of a head that rotates when the file does not say */
    RopeSpec rope(double partialDefault) {
        return new RopeReader(text, headDim(), configuredPositions(), partialDefault)
                .read(config.options().yarnFactor());
    }

    /** Positions that the configuration, or YaRN's factor, promises. */
    int maxPositions(RopeSpec rope) {
        Yarn yarn = rope.yarn();
        return yarn == null
                ? configuredPositions()
                : (int) Math.max(
                        configuredPositions(), Math.min(MAX_POSITIONS, yarn.factor() * yarn.originalMaxPositions()));
    }

    private int configuredPositions() {
        return text.integer("max_position_embeddings", 1, MAX_POSITIONS);
    }

    FullAttention attention(boolean gated) {
        int heads = text.integer("num_attention_heads", 1, MAX_HEADS);
        int kvHeads = text.integer("num_key_value_heads", 1, MAX_HEADS);
        divides("num_key_value_heads", kvHeads, "num_attention_heads", heads);
        return new FullAttention(heads, kvHeads, headDim(), gated);
    }

    private int headDim() {
        return text.integer("head_dim", 1, MAX_HEAD_DIM);
    }

    GatedDeltaNet deltaNet() {
        int keyHeads = text.integer("linear_num_key_heads", 1, MAX_HEADS);
        int valueHeads = text.integer("linear_num_value_heads", 1, MAX_HEADS);
        divides("linear_num_key_heads", keyHeads, "linear_num_value_heads", valueHeads);
        return new GatedDeltaNet(
                keyHeads,
                valueHeads,
                text.integer("linear_key_head_dim", 1, MAX_HEAD_DIM),
                text.integer("linear_value_head_dim", 1, MAX_HEAD_DIM),
                text.integer("linear_conv_kernel_dim", 4, 2, 64));
    }

    private void divides(String smaller, int divisor, String larger, int value) {
        if (value % divisor != 0) {
            throw new InvalidModelException(
                    text.where(larger) + " is " + value + ", not a multiple of " + smaller + " " + divisor);
        }
    }

    /** The layers that attend, in a hybrid family. */
    List<Boolean> attendingLayers() {
        int interval = text.integer("full_attention_interval", 4, 1, MAX_LAYERS);
        List<String> types = layerTypes();
        return IntStream.range(0, layers())
                .mapToObj(i ->
                        types.isEmpty() ? (i + 1) % interval == 0 : types.get(i).equals("full_attention"))
                .toList();
    }

    /** In a family without DeltaNet {@code layer_types} may only repeat what is known. */
    void requireAttentionOnly() {
        if (layerTypes().contains("linear_attention")) {
            throw text.wrong("layer_types", layerTypes(), "full_attention in every layer of this family");
        }
    }

    /** {@code layer_types}, checked; empty when absent. */
    private List<String> layerTypes() {
        List<String> types = text.strings("layer_types");
        if (types == null) {
            return List.of();
        }
        if (types.size() != layers()) {
            throw new InvalidModelException(
                    text.where("layer_types") + " has " + types.size() + " entries, num_hidden_layers is " + layers());
        }
        for (String type : types) {
            if (!type.equals("linear_attention") && !type.equals("full_attention")) {
                throw new UnsupportedModelException(text.where("layer_types") + " contains \"" + type
                        + "\"; supported are linear_attention and full_attention");
            }
        }
        return types;
    }

    /** Number of routed experts under either of its names; 0 when there are none. */
    int experts() {
        Integer old = text.optionalInteger("num_experts", 0, MAX_EXPERTS);
        Integer renamed = text.optionalInteger("num_local_experts", 0, MAX_EXPERTS);
        if (old != null && renamed != null && !old.equals(renamed)) {
            throw new InvalidModelException(
                    text.where("num_experts") + " is " + old + " but num_local_experts is " + renamed + "; remove one");
        }
        if (old == null && renamed == null) {
            throw new InvalidModelException(
                    text.where("num_experts") + " is missing; expected a whole number from 0 to " + MAX_EXPERTS);
        }
        return old != null ? old : Objects.requireNonNull(renamed);
    }

    /** @param shared the family has a shared expert */
    SparseMoe sparse(boolean shared, boolean renormalise) {
        int experts = experts();
        return new SparseMoe(
                experts,
                text.integer("num_experts_per_tok", 1, experts),
                text.integer("moe_intermediate_size", 1, MAX_WIDTH),
                shared ? text.integer("shared_expert_intermediate_size", 1, MAX_WIDTH) : 0,
                renormalise);
    }

    Dense dense() {
        return new Dense(text.integer("intermediate_size", 1, MAX_WIDTH));
    }

    /** The layers with routed experts where {@code mlp_only_layers} and {@code decoder_sparse_step} decide. */
    List<Boolean> sparseLayers() {
        boolean any = experts() > 0;
        int step = text.integer("decoder_sparse_step", 1, 1, MAX_LAYERS);
        List<Integer> dense = text.integers("mlp_only_layers", 0, layers() - 1);
        return IntStream.range(0, layers())
                .mapToObj(i -> any && !dense.contains(i) && (i + 1) % step == 0)
                .toList();
    }

    /** The description, once the family has said what its layers are. */
    Architecture architecture(RopeSpec rope, List<LayerSpec> layers, @Nullable LayerSpec mtp, TensorSource tensors) {
        return new Architecture(
                config.modelType(),
                hiddenSize(),
                vocabSize(),
                maxPositions(rope),
                normEps(),
                tied(tensors),
                rope,
                List.copyOf(layers),
                mtp);
    }

    /** Either level of the file may tie the output head to the embedding; a head that is missing is tied, too. */
    private boolean tied(TensorSource tensors) {
        boolean promised =
                text.bool("tie_word_embeddings", false) || config.root().bool("tie_word_embeddings", false);
        if (!promised && !tensors.has(tensors.head() + ".weight")) {
            tensors.warn(text.where("tie_word_embeddings") + " is false, but the checkpoint has no " + tensors.head()
                    + ".weight; the embedding serves as output head");
            return true;
        }
        return promised;
    }
}
