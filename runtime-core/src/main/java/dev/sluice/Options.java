package dev.sluice;

import dev.sluice.engine.SamplingOptions;
import dev.sluice.engine.StopMatcher;
import dev.sluice.error.InvalidRequestException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Wishes about one generation. What is null comes from the model's {@code generation_config.json}
 * ({@link Model#defaults}), and what that does not say is off: temperature 1 and no filter, no penalty.
 *
 * <p>Order of operations: logit bias, repetition, frequency and presence penalty, temperature, top-k, top-p, min-p, as
 * in Hugging Face's generate.
 *
 * @param maxTokens most tokens to generate; default: up to the end of the context
 * @param temperature 0 is greedy, to 100
 * @param topK keep the k most probable tokens; 0 keeps all
 * @param topP keep the fewest tokens whose probabilities reach this sum; more than 0, 1 keeps all
 * @param minP keep tokens at least this fraction as probable as the best; 0 keeps all
 * @param repetitionPenalty for ids in prompt or output; 1 is off, 0.01 to 100
 * @param presencePenalty subtracted once from the logits of ids in the output; -2 to 2
 * @param frequencyPenalty subtracted for each occurrence in the output; -2 to 2
 * @param logitBias added to single ids' logits; -100 to 100, at most 1024 ids
 * @param seed the same seed, prompt and options give the same ids on one machine; default: random
 * @param stop texts that end the answer and are not part of it; at most 16 of 256 characters. Not sought in reasoning
 * @param think turns reasoning on or off in templates that can ({@code enable_thinking})
 * @param templateVariables further variables of the chat template: strings, numbers, booleans
 */
public record Options(
        @Nullable Integer maxTokens,
        @Nullable Double temperature,
        @Nullable Integer topK,
        @Nullable Double topP,
        @Nullable Double minP,
        @Nullable Double repetitionPenalty,
        @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty,
        @Nullable Map<Integer, Double> logitBias,
        @Nullable Long seed,
        @Nullable List<String> stop,
        @Nullable Boolean think,
        @Nullable Map<String, Object> templateVariables) {
    /** Everything as the model suggests. */
    public static final Options DEFAULTS = builder().build();

    /** Refuses values out of range, by name. */
    public Options {
        if (maxTokens != null && maxTokens < 1) {
            throw new InvalidRequestException("max_tokens is " + maxTokens + ", expected 1 or more");
        }
        logitBias = logitBias == null ? null : Map.copyOf(logitBias);
        stop = stop == null ? null : List.copyOf(stop);
        templateVariables = templateVariables == null ? null : Map.copyOf(templateVariables);
        if (templateVariables != null) {
            templateVariables.forEach(Options::checkVariable);
        }
        if (stop != null) {
            StopMatcher _ = new StopMatcher(stop);
        }
        SamplingOptions _ = sampling(
                temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, logitBias, seed);
    }

    private static void checkVariable(String name, Object value) {
        if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
            throw new InvalidRequestException("template variable " + name + " is a "
                    + value.getClass().getSimpleName() + ", expected a string, a number or a boolean");
        }
        if (List.of("messages", "tools", "add_generation_prompt", "tokenize").contains(name)) {
            throw new InvalidRequestException("template variable " + name + " is set by Sluice and cannot be given");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Always the most probable token. */
    public static Options greedy() {
        return builder().temperature(0).build();
    }

    /** These options, and the other's where this has none. */
    public Options orElse(Options other) {
        return new Options(
                first(maxTokens, other.maxTokens),
                first(temperature, other.temperature),
                first(topK, other.topK),
                first(topP, other.topP),
                first(minP, other.minP),
                first(repetitionPenalty, other.repetitionPenalty),
                first(presencePenalty, other.presencePenalty),
                first(frequencyPenalty, other.frequencyPenalty),
                first(logitBias, other.logitBias),
                first(seed, other.seed),
                first(stop, other.stop),
                first(think, other.think),
                first(templateVariables, other.templateVariables));
    }

    private static <T> @Nullable T first(@Nullable T a, @Nullable T b) {
        return a != null ? a : b;
    }

    SamplingOptions sampling() {
        return sampling(
                temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, logitBias, seed);
    }

    private static SamplingOptions sampling(
            @Nullable Double temperature,
            @Nullable Integer topK,
            @Nullable Double topP,
            @Nullable Double minP,
            @Nullable Double repetitionPenalty,
            @Nullable Double presencePenalty,
            @Nullable Double frequencyPenalty,
            @Nullable Map<Integer, Double> logitBias,
            @Nullable Long seed) {
        return new SamplingOptions(
                temperature == null ? 1 : temperature,
                topK == null ? 0 : topK,
                topP == null ? 1 : topP,
                minP == null ? 0 : minP,
                repetitionPenalty == null ? 1 : repetitionPenalty,
                presencePenalty == null ? 0 : presencePenalty,
                frequencyPenalty == null ? 0 : frequencyPenalty,
                logitBias == null ? Map.of() : logitBias,
                seed == null ? 0 : seed);
    }

    /** Sets what is wished; {@link #build} checks it. */
    public static final class Builder {
        private @Nullable Integer maxTokens;
        private @Nullable Double temperature;
        private @Nullable Integer topK;
        private @Nullable Double topP;
        private @Nullable Double minP;
        private @Nullable Double repetitionPenalty;
        private @Nullable Double presencePenalty;
        private @Nullable Double frequencyPenalty;
        private @Nullable Map<Integer, Double> logitBias;
        private @Nullable Long seed;
        private @Nullable List<String> stop;
        private @Nullable Boolean think;
        private @Nullable Map<String, Object> templateVariables;

        private Builder() {}

        public Builder maxTokens(int value) {
            maxTokens = value;
            return this;
        }

        public Builder temperature(double value) {
            temperature = value;
            return this;
        }

        public Builder topK(int value) {
            topK = value;
            return this;
        }

        public Builder topP(double value) {
            topP = value;
            return this;
        }

        public Builder minP(double value) {
            minP = value;
            return this;
        }

        public Builder repetitionPenalty(double value) {
            repetitionPenalty = value;
            return this;
        }

        public Builder presencePenalty(double value) {
            presencePenalty = value;
            return this;
        }

        public Builder frequencyPenalty(double value) {
            frequencyPenalty = value;
            return this;
        }

        public Builder logitBias(Map<Integer, Double> value) {
            logitBias = value;
            return this;
        }

        public Builder seed(long value) {
            seed = value;
            return this;
        }

        public Builder think(boolean value) {
            think = value;
            return this;
        }

        public Builder templateVariables(Map<String, Object> value) {
            templateVariables = value;
            return this;
        }

        public Builder stop(String... values) {
            stop = List.of(values);
            return this;
        }

        /** Throws {@link InvalidRequestException} when a value is out of range. */
        public Options build() {
            return new Options(
                    maxTokens,
                    temperature,
                    topK,
                    topP,
                    minP,
                    repetitionPenalty,
                    presencePenalty,
                    frequencyPenalty,
                    logitBias,
                    seed,
                    stop,
                    think,
                    templateVariables);
        }
    }
}
