package dev.sluice.cli;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Completion for fish, one {@code complete} line a command, option or argument. */
final class FishCompletion {
    private final String program;
    private final StringBuilder out = new StringBuilder();

    private FishCompletion(String program) {
        this.program = program;
    }

    /** The script for a program and its commands. */
    static String of(CommandSpec program) {
        FishCompletion script = new FishCompletion(program.name());
        script.line("-f", List.of());
        program.options().forEach(option -> script.option("__fish_use_subcommand", option));
        for (Map.Entry<String, CommandLine> command : program.subcommands().entrySet()) {
            CommandSpec spec = command.getValue().getCommandSpec();
            script.line("-n __fish_use_subcommand", List.of("-a", command.getKey(), "-d", header(spec)));
            script.arguments("__fish_seen_subcommand_from " + command.getKey(), spec);
        }
        return script.out.toString();
    }

    private static String header(CommandSpec command) {
        String[] header = command.usageMessage().header();
        return header.length == 0 ? "" : header[0];
    }

    private void arguments(String when, CommandSpec command) {
        for (OptionSpec option : command.options()) {
            option(when, option);
        }
        for (PositionalParamSpec argument : command.positionalParameters()) {
            if (takesFile(argument)) {
                line("-n '" + when + "' -F", List.of());
            }
            List<String> values = values(argument);
            if (!values.isEmpty()) {
                line("-n '" + when + "'", List.of("-a", String.join(" ", values)));
            }
        }
    }

    private void option(String when, OptionSpec option) {
        List<String> words = new ArrayList<>();
        for (String name : option.names()) {
            String bare = name.replaceFirst("^-+", "");
            words.add(name.startsWith("--") ? "-l" : bare.length() == 1 ? "-s" : "-o");
            words.add(bare);
        }
        if (option.arity().max() > 0) {
            words.add(takesFile(option) ? "-rF" : "-x");
        }
        List<String> values = values(option);
        if (!values.isEmpty()) {
            words.add("-a");
            words.add(String.join(" ", values));
        }
        if (option.description().length > 0) {
            words.add("-d");
            words.add(firstSentence(option.description()[0]));
        }
        line("-n '" + when + "'", words);
    }

    private static boolean takesFile(ArgSpec argument) {
        return argument.type() == Path.class || argument.type() == File.class;
    }

    /** Those of an enum, and those that a label such as {@code bf16|f32} names. */
    private static List<String> values(ArgSpec argument) {
        List<String> values = new ArrayList<>();
        if (argument.completionCandidates() != null) {
            argument.completionCandidates().forEach(values::add);
        } else if (argument.paramLabel().contains("|")) {
            values.addAll(List.of(argument.paramLabel().split("\\|", -1)));
        }
        return values;
    }

    private static String firstSentence(String text) {
        int end = text.indexOf(". ");
        return end < 0 ? text.replaceFirst("\\.$", "") : text.substring(0, end);
    }

    private void line(String flags, List<String> words) {
        out.append("complete -c ").append(program).append(' ').append(flags);
        for (String word : words) {
            out.append(' ').append(quoted(word));
        }
        out.append('\n');
    }

    /** In single quotes of fish only the backslash and the quote itself need protection. */
    private static String quoted(String word) {
        return word.matches("-?[A-Za-z0-9-]+")
                ? word
                : "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
