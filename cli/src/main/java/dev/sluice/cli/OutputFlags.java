package dev.sluice.cli;

import org.jspecify.annotations.Nullable;

/** What is shown beside the generated text. All of it goes to standard error. */
final class OutputFlags {
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    enum Thinking {
        on,
        off,
        dim
    }

    enum Stats {
        auto,
        off,
        line,
        json
    }

    enum Color {
        auto,
        on,
        off
    }

    @Nullable
    Thinking thinking;

    Stats stats = Stats.auto;
    Color color = Color.auto;
    final HelpFlags help = new HelpFlags();
    boolean quiet;

    void addTo(Flags flags) {
        flags.option(
                        "--show-thinking=on|off|dim",
                        "What the model thinks before it answers: shown plainly, only its length, or dim. Default: dim when"
                                + " standard error is a terminal, else nothing is shown.")
                .value(Thinking.class, given -> thinking = given);
        flags.option(
                        "--stats=auto|off|line|json",
                        "Tokens and speed after an answer. auto: a line when standard error is a terminal.")
                .value(Stats.class, stats, given -> stats = given);
        flags.option("--color=auto|on|off", "auto: when standard error is a terminal and NO_COLOR is not set.")
                .value(Color.class, color, given -> color = given);
        help.addTo(flags);
        flags.option("--quiet", "Errors and the generated text only.").flag(on -> quiet = on);
    }

    OutputFlags copy() {
        OutputFlags copy = new OutputFlags();
        copy.take(this);
        return copy;
    }

    /** Becomes like the other one. */
    void take(OutputFlags other) {
        thinking = other.thinking;
        stats = other.stats;
        color = other.color;
        quiet = other.quiet;
    }

    boolean colored(Console console) {
        String noColor = console.environment().getOrDefault("NO_COLOR", "");
        return switch (color) {
            case on -> true;
            case off -> false;
            case auto -> console.ansi() && noColor.isEmpty();
        };
    }

    /** What is said beside the text, dim where that is possible. */
    String dimmed(Console console, String text) {
        return colored(console) ? DIM + text + PLAIN : text;
    }

    Stats stats(Console console) {
        if (stats == Stats.auto) {
            return console.errTerminal() && !quiet ? Stats.line : Stats.off;
        }
        return stats;
    }
}
