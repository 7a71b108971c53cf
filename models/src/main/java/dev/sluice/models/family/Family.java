package dev.sluice.models.family;

import dev.sluice.models.Architecture;
import dev.sluice.models.Weights;

/** A family of models: reads its configuration and names its tensors. Every oddity of a checkpoint ends here. */
sealed interface Family permits Qwen3, Qwen3Moe, Qwen3Next, Qwen35 {
    /**
     * What the configuration describes. The tensors decide only what the configuration leaves open: whether there is a
     * draft head, and whether the output head is the embedding.
     */
    Architecture architecture(ModelConfig config, TensorSource tensors);

    /** Claims every tensor of the architecture. */
    Weights weights(Architecture architecture, TensorSource tensors);
}
