package dev.sluice;

import java.nio.file.Path;
import java.util.List;

/**
 * What a model is and how it was loaded.
 *
 * @param modelType {@code model_type} of its configuration
 * @param contextLength most tokens of a prompt and its answer: {@link LoadOptions#contextLength}, or what was chosen
 * @param nativeContext positions the model was made for, YaRN's factor included
 * @param vocabSize number of logits; ids from the tokenizer's size on are padding
 * @param chat it has a chat template
 * @param kernels the arithmetic in use: "plain" is slow, "vector-512" and the like are fast
 * @param sequenceBytes memory a sequence takes beside its tokens, in bytes
 * @param tokenBytes memory a sequence takes for each token, in bytes
 * @param warnings what is unusual about its files or about the context chosen
 */
public record ModelInfo(
        Path folder,
        String modelType,
        int contextLength,
        int nativeContext,
        int vocabSize,
        boolean chat,
        String kernels,
        long sequenceBytes,
        long tokenBytes,
        List<String> warnings) {}
