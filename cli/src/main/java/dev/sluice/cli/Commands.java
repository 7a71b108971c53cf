package dev.sluice.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The commands by name, in the order of the help. Each is made when it is needed: picocli reads annotations by reflection,
 * and all of them took 150 ms of a cold start, half of it for commands that nobody had asked for.
 */
final class Commands {
    /** Those that say something about the others. */
    private static final Set<String> NEED_ALL = Set.of("doctor", "completion", HelpCommand.NAME);

    private final Map<String, Function<Console, CommandLine>> makers = new LinkedHashMap<>();
    private final Console console;

    Commands(Console console) {
        this.console = console;
        makers.put("run", c -> new CommandLine(new RunCommand(c)));
        makers.put("chat", c -> new CommandLine(new ChatCommand(c)));
        makers.put("tokenize", c -> new CommandLine(new TokenizeCommand(c)));
        makers.put("template", c -> new CommandLine(new TemplateCommand(c)));
        makers.put("show", c -> new CommandLine(new ShowCommand(c)));
        makers.put("verify", c -> new CommandLine(new VerifyCommand(c)));
        makers.put("synth", c -> new CommandLine(new SynthCommand(c)));
        makers.put("bench", Commands::bench);
        makers.put("ls", c -> new CommandLine(new LsCommand(c)));
        makers.put("doctor", c -> new CommandLine(new DoctorCommand(c)));
        makers.put("completion", c -> new CommandLine(new CompletionCommand(c)));
        makers.put(HelpCommand.NAME, _ -> new CommandLine(new HelpCommand()));
    }

    private static CommandLine bench(Console console) {
        CommandLine bench = new CommandLine(new BenchCommand(console));
        bench.addSubcommand(new LatencyCommand(console));
        return bench;
    }

    /** The one command that a line begins with; null when all are needed, to run it or to say what is wrong with it. */
    @Nullable
    String only(String... args) {
        return args.length > 0 && makers.containsKey(args[0]) && !NEED_ALL.contains(args[0]) ? args[0] : null;
    }

    /** Adds all commands, or the one of that name. */
    void addTo(CommandLine sluice, @Nullable String only) {
        makers.forEach((name, maker) -> {
            if (only == null || only.equals(name)) {
                sluice.addSubcommand(maker.apply(console));
            }
        });
    }
}
