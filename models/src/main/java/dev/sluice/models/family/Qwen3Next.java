package dev.sluice.models.family;

import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Weights;
import java.util.ArrayList;
import java.util.List;

/** Qwen3-Next and Qwen3-Coder-Next ({@code qwen3_next}): DeltaNet and gated attention, experts with a shared one. */
final class Qwen3Next implements Family {
    private static final double PARTIAL_ROTARY = 0.25;

    @Override
    public Architecture architecture(ModelConfig config, TensorSource tensors) {
        DecoderConfig decoder = new DecoderConfig(config);
        MixerSpec.FullAttention attention = decoder.attention(true);
        MixerSpec.GatedDeltaNet delta = decoder.deltaNet();
        List<Boolean> attending = decoder.attendingLayers();
        List<Boolean> sparse = decoder.sparseLayers();
        List<LayerSpec> layers = new ArrayList<>();
        for (int i = 0; i < attending.size(); i++) {
            layers.add(new LayerSpec(attending.get(i) ? attention : delta, mlp(decoder, sparse.get(i))));
        }
        MlpSpec draftMlp = mlp(decoder, decoder.experts() > 0);
        LayerSpec mtp = DraftHeads.find(decoder.text(), "num_nextn_predict_layers", tensors, attention, draftMlp);
        return decoder.architecture(decoder.rope(PARTIAL_ROTARY), layers, mtp, tensors);
    }

    private static MlpSpec mlp(DecoderConfig decoder, boolean sparse) {
        return sparse ? decoder.sparse(true, decoder.text().bool("norm_topk_prob", true)) : decoder.dense();
    }

    @Override
    public Weights weights(Architecture architecture, TensorSource tensors) {
        return new DecoderReader(architecture, tensors, true, DeltaProjections.INTERLEAVED).read();
    }
}
