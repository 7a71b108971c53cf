package dev.sluice.models.family;

import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Weights;
import java.util.List;

/** Qwen3-MoE ({@code qwen3_moe}): Qwen3 with routed experts and no shared one. */
final class Qwen3Moe implements Family {
    private static final double PARTIAL_ROTARY = 1;

    @Override
    public Architecture architecture(ModelConfig config, TensorSource tensors) {
        DecoderConfig decoder = new DecoderConfig(config);
        decoder.requireAttentionOnly();
        MixerSpec.FullAttention attention = decoder.attention(false);
        // a missing norm_topk_prob means false in this family only
        boolean renormalise = decoder.text().bool("norm_topk_prob", false);
        List<LayerSpec> layers = decoder.sparseLayers().stream()
                .map(sparse -> new LayerSpec(attention, sparse ? decoder.sparse(false, renormalise) : decoder.dense()))
                .toList();
        return decoder.architecture(decoder.rope(PARTIAL_ROTARY), layers, null, tensors);
    }

    @Override
    public Weights weights(Architecture architecture, TensorSource tensors) {
        return new DecoderReader(architecture, tensors, false, DeltaProjections.FLAT).read();
    }
}
