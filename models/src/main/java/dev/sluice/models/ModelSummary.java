package dev.sluice.models;

import dev.sluice.models.checkpoint.TensorInfo;
import java.util.List;

/**
 * What a folder holds, after the same checks as a full load.
 *
 * @param parameters of the trunk and of the draft head
 * @param form in which most weights are stored, such as {@code FP8}
 * @param tensors every tensor of every file, the passed-over ones included
 * @param bytes of all tensors
 * @param warnings see {@link LoadedModel#warnings}
 */
public record ModelSummary(
        Architecture architecture,
        ParameterCount parameters,
        String form,
        List<TensorInfo> tensors,
        long bytes,
        GenerationDefaults generationDefaults,
        List<String> warnings) {}
