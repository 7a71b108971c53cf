package dev.sluice;

/**
 * Counts and times of a generation, named like llama.cpp's timings ({@code prompt_n}, {@code predicted_ms} ...).
 *
 * @param cacheN tokens of the prompt that a {@link Chat} still had in its cache
 * @param promptN tokens of the prompt that were run
 * @param promptMs from the first step to the first token
 * @param predictedN tokens generated, the one that ends the answer included
 * @param predictedMs from the first token to the last
 * @param ttftMs time to the first token, from the call on: template, tokenizer and waiting for other generations
 *     included; 0 when there was none
 */
public record Stats(int cacheN, int promptN, double promptMs, int predictedN, double predictedMs, double ttftMs) {
    /** Tokens of the prompt run per second. */
    public double promptPerSecond() {
        return perSecond(promptN, promptMs);
    }

    /** Tokens per second after the first one, whose time is part of the prompt's. */
    public double predictedPerSecond() {
        return perSecond(predictedN - 1, predictedMs);
    }

    private static double perSecond(int tokens, double ms) {
        return tokens > 0 && ms > 0 ? tokens * 1000 / ms : 0;
    }
}
