package dev.sluice.cli;

import dev.sluice.Options;
import dev.sluice.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Options that change within a conversation, under the names and by the rules of the command line. */
final class ChatSettings {
    /** The value that takes a setting back. */
    private static final String DEFAULT = "default";

    private static final List<Row> ROWS = List.of(
            new Row("temp", Options::temperature, "1"),
            new Row("top-k", Options::topK, "0"),
            new Row("top-p", Options::topP, "1"),
            new Row("min-p", Options::minP, "0"),
            new Row("repeat-penalty", Options::repetitionPenalty, "1"),
            new Row("presence-penalty", Options::presencePenalty, "0"),
            new Row("frequency-penalty", Options::frequencyPenalty, "0"),
            new Row("max-tokens", Options::maxTokens, "to the end of the context"),
            new Row("seed", Options::seed, "random"),
            new Row("stop", Options::stop, "none"),
            new Row("logit-bias", Options::logitBias, "none"),
            new Row("think", Options::think, "auto"),
            new Row("template-kwargs", Options::templateVariables, "none"));

    /** Where an option is found, and what holds when nobody set it. */
    private record Row(String name, Function<Options, @Nullable Object> value, String fallback) {}

    /** The options that can be set, parsed one at a time. */
    private static final class Typed {
        final SamplingFlags sampling = new SamplingFlags();
        final OutputFlags output = new OutputFlags();

        CommandLine parser() {
            CommandSpec spec = CommandSpec.create();
            Flags flags = new Flags(spec);
            sampling.addTo(flags);
            output.addTo(flags);
            return new CommandLine(spec).setCaseInsensitiveEnumValuesAllowed(true);
        }
    }

    private final Options given;
    private final OutputFlags output;
    private final OutputFlags outputGiven;
    private final Map<String, String> set = new LinkedHashMap<>();
    private final Map<String, OptionSpec> specs = new LinkedHashMap<>();
    private Options wishes = Options.DEFAULTS;

    /**
     * Settings that begin as a command line said.
     *
     * @param output changes when its options are set
     */
    ChatSettings(Options given, OutputFlags output) {
        this.given = given;
        this.output = output;
        this.outputGiven = output.copy();
        for (OptionSpec option : new Typed().parser().getCommandSpec().options()) {
            if (option.arity().max() > 0 && !option.longestName().equals("--config")) {
                specs.put(option.longestName().substring(2), option);
            }
        }
    }

    /** What is in force. */
    Options options() {
        return wishes.orElse(given);
    }

    /** Names that can be set, without dashes. */
    Collection<String> names() {
        return specs.keySet();
    }

    String help(String name) {
        OptionSpec option = specs.get(name);
        return option == null ? "" : String.join(" ", option.description());
    }

    /** The words an option takes; empty for numbers and texts. */
    List<String> values(String name) {
        OptionSpec option = specs.get(name);
        if (option == null) {
            return List.of();
        }
        Iterable<String> words = option.completionCandidates();
        List<String> values = new ArrayList<>();
        if (words != null) {
            words.forEach(values::add);
        }
        values.add(DEFAULT);
        return values;
    }

    /**
     * Sets an option.
     *
     * @throws InvalidRequestException no such option, or no such value; nothing has changed
     */
    void set(String name, String value) {
        if (!specs.containsKey(name)) {
            throw new InvalidRequestException("no option is called " + name
                    + Suggestion.of(name, names())
                            .map(meant -> "; did you mean " + meant + "?")
                            .orElse("")
                    + " /set without a name lists them");
        }
        Map<String, String> next = new LinkedHashMap<>(set);
        next.remove(name);
        if (!value.equals(DEFAULT) && !(name.equals("think") && value.equals("auto"))) {
            next.put(name, value);
        }
        apply(next);
        set.clear();
        set.putAll(next);
    }

    private void apply(Map<String, String> settings) {
        Options options = Options.DEFAULTS;
        OutputFlags shown = outputGiven.copy();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            Typed typed = parse(setting.getKey(), setting.getValue());
            options = typed.sampling.options().orElse(options);
            switch (setting.getKey()) {
                case "show-thinking" -> shown.thinking = typed.output.thinking;
                case "stats" -> shown.stats = typed.output.stats;
                case "color" -> shown.color = typed.output.color;
                default -> {}
            }
        }
        wishes = options;
        output.take(shown);
    }

    private static Typed parse(String name, String value) {
        Typed typed = new Typed();
        try {
            typed.parser().parseArgs("--" + name + "=" + value);
            return typed;
        } catch (ParameterException e) {
            throw new InvalidRequestException(WrongUsage.message(e).replaceFirst("^--", ""), e);
        }
    }

    /** All options with their values and who set them, a line each. */
    String table(Options ofModel, int columns) {
        return PlainText.table(rows(ofModel).toList(), columns).stripTrailing();
    }

    /** One option with its value, as it was typed here, or who set it elsewhere. */
    String line(String name, Options ofModel) {
        String typed = set.get(name);
        if (typed != null) {
            return name + ": " + typed;
        }
        return rows(ofModel)
                .filter(row -> row[0].equals(name))
                .map(row -> String.join(": ", row))
                .findFirst()
                .orElse("");
    }

    private Stream<String[]> rows(Options ofModel) {
        Stream<String[]> sampling = ROWS.stream().map(row -> {
            Object here = row.value.apply(wishes);
            Object before = row.value.apply(given);
            Object model = row.value.apply(ofModel);
            String[] told = here != null
                    ? told(row, here, "set here")
                    : before != null
                            ? told(row, before, "command line, environment or configuration")
                            : model != null
                                    ? told(row, model, "recommended by the model")
                                    : new String[] {row.name, row.fallback};
            return told;
        });
        Stream<String[]> shown = Stream.of(
                new String[] {
                    "show-thinking",
                    Optional.ofNullable(output.thinking).map(Enum::name).orElse("auto")
                },
                new String[] {"stats", output.stats.name()},
                new String[] {"color", output.color.name()});
        return Stream.concat(sampling, shown);
    }

    private static String[] told(Row row, Object value, String who) {
        return new String[] {row.name, value + " (" + who + ")"};
    }
}
