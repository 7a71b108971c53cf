package dev.sluice.models;

import dev.sluice.models.checkpoint.JsonObject;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What {@code generation_config.json} recommends; null where it says nothing.
 *
 * @param sample {@code do_sample}; false recommends greedy decoding
 * @param eosTokenIds ids that end a text: the union of both configuration files ({@code spec/model.md} §1.6), sorted
 */
public record GenerationDefaults(
        @Nullable Boolean sample,
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Double minP,
        @Nullable Double repetitionPenalty,
        List<Integer> eosTokenIds) {

    /**
     * Reads the recommendations.
     *
     * @param generation {@code generation_config.json}, if the folder has one
     * @param config {@code config.json}
     */
    static GenerationDefaults read(@Nullable JsonObject generation, JsonObject config, int vocabSize) {
        TreeSet<Integer> eos = new TreeSet<>(config.integers("eos_token_id", 0, vocabSize - 1));
        JsonObject text = config.object("text_config");
        if (text != null) {
            eos.addAll(text.integers("eos_token_id", 0, vocabSize - 1));
        }
        if (generation == null) {
            return new GenerationDefaults(null, null, null, null, null, null, List.copyOf(eos));
        }
        eos.addAll(generation.integers("eos_token_id", 0, vocabSize - 1));
        return new GenerationDefaults(
                generation.has("do_sample") ? (Boolean) generation.bool("do_sample", true) : null,
                generation.number("temperature", 0, 100),
                generation.optionalInteger("top_k", 0, Integer.MAX_VALUE),
                generation.number("top_p", 0, 1),
                generation.number("min_p", 0, 1),
                generation.number("repetition_penalty", 1e-3, 1e3),
                List.copyOf(eos));
    }
}
