package dev.sluice.cli;

import dev.sluice.Options;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How tokens are chosen and when the answer ends. What is not given comes from the model's generation_config.json. */
final class SamplingFlags {
    enum Think {
        auto,
        on,
        off,
        low,
        medium,
        high,
        xhigh
    }

    private static final String EFFORT = "reasoning_effort";

    private @Nullable Integer maxTokens;
    private @Nullable Long seed;
    private @Nullable Double temperature;
    private @Nullable Integer topK;
    private @Nullable Double topP;
    private @Nullable Double minP;
    private @Nullable Double presencePenalty;
    private @Nullable Double frequencyPenalty;
    private @Nullable Double repeatPenalty;
    private List<String> stop = List.of();
    private Map<Integer, Double> logitBias = Map.of();
    private Think think = Think.auto;

    private @Nullable String templateKwargs;

    void addTo(Flags flags) {
        flags.option("-n, --max-tokens=N", "Most tokens to generate. Default: up to the end of the context.")
                .value(Integer.class, given -> maxTokens = given);
        flags.option("--seed=N", "The same seed gives the same text. Default: random.")
                .value(Long.class, given -> seed = given);
        flags.option("--temp=T", "Temperature; 0 always takes the most probable token.")
                .value(Double.class, given -> temperature = given);
        flags.option("--top-k=K", "Choose among the K most probable tokens; 0: all.")
                .value(Integer.class, given -> topK = given);
        flags.option("--top-p=P", "Choose among the fewest tokens whose probabilities reach P; 1: all.")
                .value(Double.class, given -> topP = given);
        flags.option("--min-p=P", "Drop tokens less than P times as probable as the best; 0: none.")
                .value(Double.class, given -> minP = given);
        flags.option("--presence-penalty=X", "Against tokens already generated, -2 to 2.")
                .value(Double.class, given -> presencePenalty = given);
        flags.option("--frequency-penalty=X", "The same for each time a token was generated, -2 to 2.")
                .value(Double.class, given -> frequencyPenalty = given);
        flags.option("--repeat-penalty=X", "Against tokens of prompt and answer; 1: none.")
                .value(Double.class, given -> repeatPenalty = given);
        flags.option("--stop=TEXT", "Ends the answer before this text; may be given several times.")
                .list(String.class, all -> stop = all);
        flags.option(
                        "--logit-bias=ID=BIAS",
                        "Makes a token id more (up to 100) or less (down to -100) likely; may be given several times.")
                .map(Integer.class, Double.class, all -> logitBias = all);
        flags.option(
                        "--think=auto|on|off|low|medium|high|xhigh",
                        "Asks templates that can to let the model think first, or not; a level is their reasoning_effort.")
                .value(Think.class, think, given -> think = given);
        flags.option(
                        "--template-kwargs=JSON",
                        "Variables for the chat template, for example '{\"reasoning_effort\":\"low\"}'.")
                .value(String.class, given -> templateKwargs = given);
    }

    Options options() {
        Options.Builder builder = Options.builder();
        set(maxTokens, builder::maxTokens);
        set(seed, builder::seed);
        set(temperature, builder::temperature);
        set(topK, builder::topK);
        set(topP, builder::topP);
        set(minP, builder::minP);
        set(presencePenalty, builder::presencePenalty);
        set(frequencyPenalty, builder::frequencyPenalty);
        set(repeatPenalty, builder::repetitionPenalty);
        if (!stop.isEmpty()) {
            builder.stop(stop.toArray(String[]::new));
        }
        if (!logitBias.isEmpty()) {
            builder.logitBias(logitBias);
        }
        if (templateKwargs != null) {
            builder.templateVariables(templateKwargs);
        }
        switch (think) {
            case auto -> {}
            case on, off -> builder.think(think == Think.on);
            default -> builder.think(true).templateVariables(withEffort(builder.build()));
        }
        return builder.build();
    }

    private Map<String, Object> withEffort(Options options) {
        Map<String, Object> given = options.templateVariables();
        Map<String, Object> variables = new HashMap<>(given == null ? Map.of() : given);
        variables.put(EFFORT, think.name());
        return variables;
    }

    private static <T> void set(@Nullable T value, java.util.function.Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
