package dev.sluice.models.family;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.checkpoint.JsonObject;
import org.jspecify.annotations.Nullable;

/** Whether a checkpoint has an MTP layer ({@code spec/model.md} §1.5, §2.4): its tensors decide. */
final class DraftHeads {
    private static final String PREFIX = "mtp.";

    private DraftHeads() {}

    /**
     * The draft layer, which always attends, or null.
     *
     * @param key the configuration's count of such layers, if the file has one
     */
    static @Nullable LayerSpec find(JsonObject text, String key, TensorSource tensors, MixerSpec mixer, MlpSpec mlp) {
        Integer promised = text.optionalInteger(key, 0, 64);
        if (promised != null && promised > 1) {
            throw new UnsupportedModelException(text.where(key) + " is " + promised + "; supported are 0 and 1");
        }
        // copies of the trunk's tables that some files carry; §2.4 lets them be passed over
        tensors.skip("mtp.embed_tokens.");
        tensors.skip("mtp.shared_head.");
        if (!tensors.hasAny(PREFIX)) {
            if (promised != null && promised == 1) {
                tensors.warn(text.where(key) + " is 1, but the checkpoint has no mtp.* tensors; "
                        + "the model runs without its draft head");
            }
            return null;
        }
        if (promised != null && promised == 0) {
            throw new InvalidModelException(
                    text.where(key) + " is 0, but the checkpoint has mtp.* tensors; set it to 1 or remove the tensors");
        }
        if (tensors.mlx()) {
            throw new UnsupportedModelException(
                    "mtp.* tensors in an MLX conversion: whether their norms hold 1 + w is not known; convert without");
        }
        return new LayerSpec(mixer, mlp);
    }
}
