package dev.sluice.engine;

import dev.sluice.error.InvalidRequestException;
import java.util.Map;
import java.util.Objects;

/**
 * How a token is chosen from logits; {@link Sampler} says in which order these are applied. Every value is checked.
 *
 * @param temperature 0 takes the highest logit; else logits are divided by it
 * @param topK keep the k highest, 0 keeps all
 * @param topP keep the fewest whose probabilities reach this sum, 1 keeps all
 * @param minP keep those at least this fraction as probable as the best, 0 keeps all
 * @param repetitionPenalty divides positive and multiplies negative logits of every id in prompt or output; 1 is off
 * @param presencePenalty subtracted once from ids in the output
 * @param frequencyPenalty subtracted for each time an id is in the output
 * @param logitBias added to the logits of single ids
 * @param seed of the random numbers; the same seed and logits give the same ids
 */
public record SamplingOptions(
        double temperature,
        int topK,
        double topP,
        double minP,
        double repetitionPenalty,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> logitBias,
        long seed) {
    /** Most ids a bias may name. */
    public static final int MAX_BIASES = 1024;

    public SamplingOptions {
        check("temperature", temperature, 0 <= temperature && temperature <= 100, "0 (greedy) to 100");
        check("top_k", topK, 0 <= topK, "0 (off) or more");
        check("top_p", topP, 0 < topP && topP <= 1, "more than 0, to 1 (off)");
        check("min_p", minP, 0 <= minP && minP <= 1, "0 (off) to 1");
        check(
                "repetition_penalty",
                repetitionPenalty,
                0.01 <= repetitionPenalty && repetitionPenalty <= 100,
                "0.01 to 100; 1 is off");
        checkPenalty("presence_penalty", presencePenalty);
        checkPenalty("frequency_penalty", frequencyPenalty);
        logitBias = Map.copyOf(logitBias);
        check("logit_bias entries", logitBias.size(), logitBias.size() <= MAX_BIASES, "at most " + MAX_BIASES);
        logitBias.forEach((id, bias) -> {
            check("logit_bias id", id, id >= 0, "0 or more");
            check("logit_bias of id " + id, bias, -100 <= bias && bias <= 100, "-100 to 100");
        });
    }

    /** The highest logit always, nothing else applied. */
    public static SamplingOptions greedy() {
        return new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(), 0);
    }

    private static void checkPenalty(String name, double value) {
        check(name, value, -2 <= value && value <= 2, "-2 to 2; 0 is off");
    }

    /** NaN fails every comparison, so it is refused like any value out of range. */
    private static void check(String name, Object value, boolean ok, String range) {
        if (!ok) {
            throw new InvalidRequestException(name + " is " + Objects.toString(value) + ", expected " + range);
        }
    }
}
