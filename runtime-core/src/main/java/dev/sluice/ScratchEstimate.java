package dev.sluice;

import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;

/** About how much a step over a prompt needs beside weights and caches: the rows that its layers pass on. */
final class ScratchEstimate {
    private ScratchEstimate() {}

    /** @param tokens of one step */
    static long bytes(Architecture architecture, int tokens) {
        long hidden = architecture.hiddenSize();
        long mixer = 0;
        long mlp = 0;
        for (Architecture.LayerSpec layer : architecture.layers()) {
            mixer = Math.max(mixer, mixer(layer.mixer()));
            mlp = Math.max(mlp, mlp(layer.mlp(), hidden));
        }
        // hidden, input and output of a layer; logits are made for one token
        return Float.BYTES * (tokens * (3 * hidden + mixer + mlp) + architecture.vocabSize());
    }

    private static long mixer(MixerSpec mixer) {
        return switch (mixer) {
            case MixerSpec.GatedDeltaNet delta -> 2L * delta.convChannels() + 3L * delta.valueWidth();
            case MixerSpec.FullAttention full ->
                (long) full.heads() * (full.queryStride() + full.headDim()) + 2L * full.kvHeads() * full.headDim();
        };
    }

    private static long mlp(MlpSpec mlp, long hidden) {
        return switch (mlp) {
            case MlpSpec.Dense dense -> 2L * dense.width();
            case MlpSpec.SparseMoe moe -> moe.topK() * (2L * moe.expertWidth() + 2 * hidden) + 2L * moe.sharedWidth();
        };
    }
}
