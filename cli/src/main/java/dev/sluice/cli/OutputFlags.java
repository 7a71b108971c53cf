package dev.sluice.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is shown beside the generated text. All of it goes to standard error. */
final class OutputFlags {
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

    @Option(
            names = "--show-thinking",
            paramLabel = "on|off|dim",
            description =
                    "What the model thinks before it answers: shown plainly, only its length, or dim. Default: dim when"
                            + " standard error is a terminal, else nothing is shown.")
    @Nullable
    Thinking thinking;

    @Option(
            names = "--stats",
            paramLabel = "auto|off|line|json",
            defaultValue = "auto",
            description = "Tokens and speed after an answer. auto: a line when standard error is a terminal.")
    Stats stats = Stats.auto;

    @Option(
            names = "--color",
            paramLabel = "auto|on|off",
            defaultValue = "auto",
            description = "auto: when standard error is a terminal and NO_COLOR is not set.")
    Color color = Color.auto;

    @Mixin
    HelpFlags help = new HelpFlags();

    @Option(names = "--quiet", description = "Errors and the generated text only.")
    boolean quiet;

    boolean colored(Console console) {
        String noColor = console.environment().getOrDefault("NO_COLOR", "");
        boolean dumb = "dumb".equals(console.environment().get("TERM"));
        return switch (color) {
            case on -> true;
            case off -> false;
            case auto -> console.errTerminal() && noColor.isEmpty() && !dumb;
        };
    }

    Stats stats(Console console) {
        if (stats == Stats.auto) {
            return console.errTerminal() && !quiet ? Stats.line : Stats.off;
        }
        return stats;
    }
}
