package dev.sluice.cli;

import dev.sluice.Options;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

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

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "Most tokens to generate. Default: up to the end of the context.")
    @Nullable
    Integer maxTokens;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same text. Default: random.")
    @Nullable
    Long seed;

    @Option(names = "--temp", paramLabel = "T", description = "Temperature; 0 always takes the most probable token.")
    @Nullable
    Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Choose among the K most probable tokens; 0: all.")
    @Nullable
    Integer topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Choose among the fewest tokens whose probabilities reach P; 1: all.")
    @Nullable
    Double topP;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "Drop tokens less than P times as probable as the best; 0: none.")
    @Nullable
    Double minP;

    @Option(names = "--presence-penalty", paramLabel = "X", description = "Against tokens already generated, -2 to 2.")
    @Nullable
    Double presencePenalty;

    @Option(
            names = "--frequency-penalty",
            paramLabel = "X",
            description = "The same for each time a token was generated, -2 to 2.")
    @Nullable
    Double frequencyPenalty;

    @Option(names = "--repeat-penalty", paramLabel = "X", description = "Against tokens of prompt and answer; 1: none.")
    @Nullable
    Double repeatPenalty;

    @Option(
            names = "--stop",
            paramLabel = "TEXT",
            description = "Ends the answer before this text; may be given several times.")
    List<String> stop = new ArrayList<>();

    @Option(
            names = "--logit-bias",
            paramLabel = "ID=BIAS",
            description =
                    "Makes a token id more (up to 100) or less (down to -100) likely; may be given several times.")
    Map<Integer, Double> logitBias = new HashMap<>();

    @Option(
            names = "--think",
            paramLabel = "auto|on|off|low|medium|high|xhigh",
            defaultValue = "auto",
            description =
                    "Asks templates that can to let the model think first, or not; a level is their reasoning_effort.")
    Think think = Think.auto;

    @Option(
            names = "--template-kwargs",
            paramLabel = "JSON",
            description = "Variables for the chat template, for example '{\"reasoning_effort\":\"low\"}'.")
    @Nullable
    String templateKwargs;

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
