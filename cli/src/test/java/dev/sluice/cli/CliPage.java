package dev.sluice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The text of docs/cli.md: what the commands say about themselves. */
final class CliPage {
    static final String EXAMPLE = """
            # comments begin with a hash
            model = ~/models/Qwen3-Next-80B-A3B-Instruct-FP8
            ctx-size = 16384
            temp = 0.7
            system = "Answer in one sentence. # is kept inside quotes"
            """;

    private static final Map<Integer, String> EXIT_CODES = exitCodes();

    private final CommandLine sluice = Main.commandLine(Console.system());
    private final StringBuilder out = new StringBuilder();

    private static Map<Integer, String> exitCodes() {
        Map<Integer, String> codes = new LinkedHashMap<>();
        codes.put(ExitCode.OK, "done");
        codes.put(ExitCode.FAILURE, "failure while running");
        codes.put(ExitCode.USAGE, "wrong usage: an option, a setting, a prompt, a file named by them");
        codes.put(ExitCode.MODEL, "the model is missing, damaged or not supported");
        codes.put(ExitCode.MEMORY, "not enough memory");
        codes.put(ExitCode.INTERRUPTED, "interrupted by Ctrl-C");
        codes.put(ExitCode.PIPE_CLOSED, "the reader of the output went away, as in `sluice run ... \\| head -c 10`");
        return codes;
    }

    /** The whole page; {@code regenerate} is the command that writes it. */
    static String of(String regenerate) {
        return new CliPage().page(regenerate);
    }

    private String page(String regenerate) {
        out.append("# Command line\n\n");
        out.append(
                "Written from the commands themselves; `CliPageTest` fails when it differs. To write it anew:\n\n    ");
        out.append(regenerate).append("\n\n");
        out.append("Generated text and reports go to standard output, everything else to standard error.\n\n");
        usage("sluice", sluice);
        for (CommandLine command : commands().toList()) {
            usage(command.getCommandSpec().qualifiedName(), command);
        }
        chat();
        models();
        settings();
        out.append("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
        EXIT_CODES.forEach((code, meaning) ->
                out.append("| ").append(code).append(" | ").append(meaning).append(" |\n"));
        return out.toString();
    }

    private Stream<CommandLine> commands() {
        return sluice.getSubcommands().values().stream()
                .distinct()
                .filter(command -> !command.getCommandSpec().usageMessage().hidden());
    }

    private void usage(String name, CommandLine command) {
        out.append("## ").append(name).append("\n\n```\n");
        command.setUsageHelpWidth(100);
        command.getUsageMessage(CommandLine.Help.Ansi.OFF)
                .lines()
                .map(String::stripTrailing)
                .forEach(line -> out.append(line).append('\n'));
        out.append("```\n\n");
    }

    private void chat() {
        String help = CommandRun.embedded().in("/help\n").run("chat").err();
        out.append("## Inside a chat\n\n```\n").append(help.strip()).append("\n```\n\n");
    }

    private void models() {
        out.append("""
                ## Naming a model

                MODEL is the first of these that exists:

                1. a folder, or a file in the folder of a model;
                2. `NAME` or `OWNER/NAME` in the models of the distribution, then in the folders of `--models-path`;
                3. `OWNER/NAME[@REVISION]` in the Hugging Face cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else
                   `~/.cache/huggingface/hub`. The revision is a branch, a tag or a commit, by default `main`.

                Left out, it is the small storyteller that comes with Sluice. Nothing is downloaded. `sluice ls` lists what
                there is.

                """);
    }

    private void settings() {
        out.append("""
                ## Settings

                An option that is not on the command line is looked up in the environment, then in the configuration file.
                The file is `$XDG_CONFIG_HOME/sluice/config`, by default `~/.config/sluice/config`, or what `--config` or
                `SLUICE_CONFIG` names. It has one `name = value` a line, the names of the options without dashes:

                ```
                """);
        out.append(EXAMPLE);
        out.append("""
                ```

                A setting counts for every command that has the option. A value in double quotes may hold `#`, and `\\"`
                stands for a quote; `~/` at its beginning is the home folder. Flags without a value are `true` or `false`.
                An unknown name, a name given twice and a value that does not fit are refused with file and line.
                `SLUICE_JAVA_OPTS` is no setting: the launcher adds it to the options of the JVM.

                | setting | variable | commands |
                |---|---|---|
                """);
        Map<String, List<String>> users = new TreeMap<>();
        commands().forEach(command -> {
            for (ArgSpec argument : command.getCommandSpec().args()) {
                String name = Settings.name(argument);
                if (name != null) {
                    users.computeIfAbsent(name, _ -> new ArrayList<>()).add(command.getCommandName());
                }
            }
        });
        int commands = (int) commands().count();
        users.forEach((name, all) -> {
            String who =
                    all.size() == commands ? "all" : all.stream().distinct().collect(Collectors.joining(", "));
            out.append("| `" + name + "` | `" + Settings.variable(name) + "` | " + who + " |\n");
        });
    }

    /** Options without a description, by their command: none should be. */
    static List<String> undescribed() {
        List<String> names = new ArrayList<>();
        for (CommandLine command :
                Main.commandLine(Console.system()).getSubcommands().values()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (option.description().length == 0) {
                    names.add(command.getCommandName() + " " + option.longestName());
                }
            }
        }
        return names;
    }
}
