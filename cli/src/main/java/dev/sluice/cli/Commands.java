package dev.sluice.cli;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands by name, in the order of the help. Each is made when it is needed, which is at a start one of them, or two:
 * the others would take as long again and be asked for nothing.
 */
final class Commands {
    /** Those that say something about the others. */
    private static final Set<String> NEED_ALL = Set.of("doctor", "completion", HelpCommand.NAME);

    private static final List<String> NAMES = List.of(
            "run",
            "chat",
            "tokenize",
            "template",
            "show",
            "verify",
            "synth",
            "bench",
            "ls",
            "doctor",
            "completion",
            HelpCommand.NAME);

    private final Console console;

    Commands(Console console) {
        this.console = console;
    }

    private CommandSpec command(String name) {
        return switch (name) {
            case "run" -> new RunCommand(console).spec();
            case "chat" -> new ChatCommand(console).spec();
            case "tokenize" -> new TokenizeCommand(console).spec();
            case "template" -> new TemplateCommand(console).spec();
            case "show" -> new ShowCommand(console).spec();
            case "verify" -> new VerifyCommand(console).spec();
            case "synth" -> new SynthCommand(console).spec();
            case "bench" ->
                new BenchCommand(console).spec().addSubcommand("latency", new LatencyCommand(console).spec());
            case "ls" -> new LsCommand(console).spec();
            case "doctor" -> new DoctorCommand(console).spec();
            case "completion" -> new CompletionCommand(console).spec();
            case HelpCommand.NAME -> new HelpCommand().spec();
            default -> throw new IllegalArgumentException("no command is called " + name);
        };
    }

    /** The one command that a line begins with; null when all are needed, to run it or to say what is wrong with it. */
    @Nullable
    String only(String... args) {
        return args.length > 0 && NAMES.contains(args[0]) && !NEED_ALL.contains(args[0]) ? args[0] : null;
    }

    /** Adds all commands, or the one of that name. */
    void addTo(CommandSpec sluice, @Nullable String only) {
        for (String name : NAMES) {
            if (only == null || only.equals(name)) {
                sluice.addSubcommand(name, command(name));
            }
        }
    }
}
