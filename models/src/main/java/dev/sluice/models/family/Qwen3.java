package dev.sluice.models.family;

import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Weights;
import java.util.Collections;

/** Dense Qwen3 ({@code qwen3}): plain attention and SwiGLU in every layer, plain norms, whole heads rotate. */
final class Qwen3 implements Family {
    private static final double PARTIAL_ROTARY = 1;

    @Override
    public Architecture architecture(ModelConfig config, TensorSource tensors) {
        DecoderConfig decoder = new DecoderConfig(config);
        decoder.requireAttentionOnly();
        LayerSpec layer = new LayerSpec(decoder.attention(false), decoder.dense());
        return decoder.architecture(
                decoder.rope(PARTIAL_ROTARY), Collections.nCopies(decoder.layers(), layer), null, tensors);
    }

    @Override
    public Weights weights(Architecture architecture, TensorSource tensors) {
        return new DecoderReader(architecture, tensors, false, DeltaProjections.FLAT).read();
    }
}
