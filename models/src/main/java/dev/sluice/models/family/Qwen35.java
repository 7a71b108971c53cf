package dev.sluice.models.family;

import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Weights;
import java.util.List;

/**
 * Qwen3.5, 3.6 and 3.8, dense ({@code qwen3_5}) or with experts ({@code qwen3_5_moe}): Qwen3-Next with flat DeltaNet
 * projections, often inside a multimodal wrapper whose vision tower is passed over. Interleaved mRoPE is ordinary RoPE
 * for text ({@code spec/model.md} §3.5).
 *
 * @param experts every layer has routed experts and a shared one
 */
record Qwen35(boolean experts) implements Family {
    private static final double PARTIAL_ROTARY = 0.25;

    @Override
    public Architecture architecture(ModelConfig config, TensorSource tensors) {
        DecoderConfig decoder = new DecoderConfig(config);
        tensors.skipVision();
        MixerSpec.FullAttention attention = decoder.attention(true);
        MixerSpec.GatedDeltaNet delta = decoder.deltaNet();
        MlpSpec mlp = experts ? sparse(decoder) : decoder.dense();
        List<LayerSpec> layers = decoder.attendingLayers().stream()
                .map(attends -> new LayerSpec(attends ? attention : delta, mlp))
                .toList();
        LayerSpec mtp = DraftHeads.find(decoder.text(), "mtp_num_hidden_layers", tensors, attention, mlp);
        return decoder.architecture(decoder.rope(PARTIAL_ROTARY), layers, mtp, tensors);
    }

    /** The family always renormalises, so a file that says otherwise was made for something else. */
    private static MlpSpec sparse(DecoderConfig decoder) {
        if (!decoder.text().bool("norm_topk_prob", true)) {
            throw decoder.text().wrong("norm_topk_prob", false, "true, or no such key in this family");
        }
        return decoder.sparse(true, true);
    }

    @Override
    public Weights weights(Architecture architecture, TensorSource tensors) {
        return new DecoderReader(architecture, tensors, true, DeltaProjections.FLAT).read();
    }
}
