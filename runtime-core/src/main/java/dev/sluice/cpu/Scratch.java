package dev.sluice.cpu;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.MatMul;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;

/** How much scratch memory a thread needs: that of the hungriest kernel call of the model. */
final class Scratch {
    private Scratch() {}

    static long floats(Architecture architecture) {
        // the draft head's projection reads two hidden vectors side by side
        long most = MatMul.scratch(2 * architecture.hiddenSize());
        for (LayerSpec layer : architecture.layers()) {
            most = Math.max(most, Math.max(mixer(layer.mixer()), mlp(layer.mlp())));
        }
        LayerSpec mtp = architecture.mtp();
        return mtp == null ? most : Math.max(most, Math.max(mixer(mtp.mixer()), mlp(mtp.mlp())));
    }

    private static long mixer(MixerSpec spec) {
        return switch (spec) {
            case MixerSpec.GatedDeltaNet delta ->
                // behind the scratch of the recurrence a draft step keeps the copy of one head's state that it runs on
                Math.max(
                        MatMul.scratch(delta.valueWidth()),
                        DeltaRule.scratch(delta.keyDim()) + (long) delta.keyDim() * delta.valueDim());
            case MixerSpec.FullAttention full ->
                Math.max(MatMul.scratch(full.heads() * full.headDim()), Attention.scratch(full.headDim()));
        };
    }

    private static long mlp(MlpSpec spec) {
        return switch (spec) {
            case MlpSpec.Dense dense -> MatMul.scratch(dense.width());
            case MlpSpec.SparseMoe moe -> MatMul.scratch(Math.max(moe.expertWidth(), moe.sharedWidth()));
        };
    }
}
