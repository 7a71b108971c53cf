package dev.sluice.tools.bench;

import dev.sluice.Generation;
import dev.sluice.LoadOptions;
import dev.sluice.Model;
import dev.sluice.Options;
import dev.sluice.Prompt;
import dev.sluice.Reply;
import dev.sluice.Sluice;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Times from nothing loaded to the first token, in a process that has done nothing else: everything is cold.
 *
 * @param loadMs threads, configuration, tokenizer files and mapping
 * @param tokenizeMs text to tokens, through the chat template where there is one
 * @param prefillMs the prompt's steps and the choice of the first token
 * @param deliverMs what is left until the token has reached the caller
 */
public record FirstToken(int promptTokens, double loadMs, double tokenizeMs, double prefillMs, double deliverMs) {
    /** What is asked: fifteen tokens for the model that comes with Sluice. */
    public static final String PROMPT = "Write a story about a boat.";

    /** Loads the model and asks it for one token. */
    public static FirstToken measure(Path folder) {
        long start = System.nanoTime();
        try (Sluice sluice = Sluice.open();
                Model model = sluice.load(folder, LoadOptions.DEFAULTS)) {
            long loaded = System.nanoTime();
            Prompt prompt = model.info().chat() ? Prompt.user(PROMPT) : Prompt.raw(PROMPT);
            Options options = Options.builder().maxTokens(1).temperature(0).build();
            int tokens = model.encode(prompt, options).size();
            long tokenized = System.nanoTime();
            try (Generation generation = model.generate(prompt, options)) {
                Reply reply = generation.await();
                double rest = ms(System.nanoTime() - tokenized);
                double prefill = reply.stats().promptMs();
                return new FirstToken(
                        tokens, ms(loaded - start), ms(tokenized - loaded), prefill, Math.max(0, rest - prefill));
            }
        }
    }

    private static double ms(long nanos) {
        return nanos / 1e6;
    }

    /** Names to milliseconds, in the order in which they happen. */
    public Map<String, Double> parts() {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("load", loadMs);
        parts.put("tokenizer", tokenizeMs);
        parts.put("prefill", prefillMs);
        parts.put("first token", deliverMs);
        return parts;
    }
}
