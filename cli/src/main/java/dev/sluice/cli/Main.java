package dev.sluice.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Entry point of the {@code sluice} command. */
public final class Main {
    private static final int WIDTH = 100;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(Console.system(), args));
    }

    /** Runs a command line; returns the exit code. */
    static int run(Console console, String... args) {
        CommandLine sluice = new CommandLine(new SluiceCommand());
        sluice.addSubcommand(new RunCommand(console));
        sluice.addSubcommand(new ChatCommand(console));
        sluice.addSubcommand(new TokenizeCommand(console));
        sluice.addSubcommand(new TemplateCommand(console));
        sluice.addSubcommand(new ShowCommand(console));
        CommandLine bench = new CommandLine(new BenchCommand(console));
        bench.addSubcommand(new LatencyCommand(console));
        sluice.addSubcommand(bench);
        sluice.setExpandAtFiles(false); // @FILE is a prompt
        sluice.setCaseInsensitiveEnumValuesAllowed(true);
        sluice.setDefaultValueProvider(new EnvironmentDefaults(console.environment()));
        sluice.setUsageHelpWidth(WIDTH);
        sluice.setColorScheme(Help.defaultColorScheme(colored(console) ? Help.Ansi.ON : Help.Ansi.OFF));
        sluice.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        sluice.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        sluice.setParameterExceptionHandler((problem, _) -> wrongUsage(console, problem));
        sluice.setExecutionExceptionHandler((failure, _, parsed) -> report(console, failure, verbose(parsed)));
        try {
            return sluice.execute(args);
        } catch (OutOfMemoryError e) {
            console.err()
                    .println("sluice: the Java heap is full (" + e.getMessage() + "); give it more with"
                            + " SLUICE_JAVA_OPTS=-Xmx2g");
            return ExitCode.MEMORY;
        }
    }

    private static boolean colored(Console console) {
        return console.outTerminal()
                && console.environment().getOrDefault("NO_COLOR", "").isEmpty();
    }

    private static int wrongUsage(Console console, ParameterException problem) {
        String command = problem.getCommandLine().getCommandSpec().qualifiedName();
        console.err().println("sluice: " + problem.getMessage());
        console.err().println(command + " --help lists what it takes");
        return ExitCode.USAGE;
    }

    private static boolean verbose(ParseResult parsed) {
        ParseResult command = parsed;
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        return command.hasMatchedOption("--verbose");
    }

    /** One message without a stack trace; nothing at all when the reader of a pipe has simply gone. */
    private static int report(Console console, Exception failure, boolean verbose) {
        int code = ExitCode.of(failure);
        if (code != ExitCode.PIPE_CLOSED) {
            String message = failure instanceof dev.sluice.error.SluiceException
                            || failure instanceof Console.ClosedOutputException
                    ? failure.getMessage()
                    : "unexpected failure: " + failure + "; --verbose shows where";
            console.err().println("sluice: " + message);
        }
        if (verbose) {
            failure.printStackTrace(console.err());
        }
        return code;
    }
}
