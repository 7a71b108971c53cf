package dev.sluice.cli;

import dev.sluice.cli.Settings.Setting;
import dev.sluice.error.InvalidRequestException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Entry point of the {@code sluice} command. */
public final class Main {
    private static final int WIDTH = 100;

    /** picocli refuses narrower ones. */
    private static final int LEAST_WIDTH = 55;

    private Main() {}

    public static void main(String[] args) {
        Thread.ofPlatform().daemon().name("sluice-numbers").start(Main::prepareNumbers);
        System.exit(run(Console.system(), args));
    }

    /**
     * {@link BigDecimal} computes powers of five for 30 ms when it is first used, which every reader of JSON does: on another
     * core while the command line is read.
     */
    private static void prepareNumbers() {
        if (BigDecimal.ONE.signum() != 1) {
            throw new AssertionError();
        }
    }

    /** Runs a command line; returns the exit code. */
    static int run(Console console, String... args) {
        try {
            return execute(console, args);
        } catch (InvalidRequestException e) { // in the arguments or the configuration file
            console.sayWrapped("sluice: " + e.getMessage());
            return ExitCode.USAGE;
        } catch (OutOfMemoryError e) {
            console.err()
                    .println("sluice: the Java heap is full (" + e.getMessage() + "); give it more with"
                            + " SLUICE_JAVA_OPTS=-Xmx2g");
            return ExitCode.MEMORY;
        }
    }

    private static int execute(Console console, String... args) {
        ArgumentBytes.requireText(args);
        ConfigFile file = ConfigFile.of(console, args);
        // names in the file are compared with the options of all commands
        CommandLine sluice = commandLine(console, file.settings().isEmpty() ? args : new String[0]);
        sluice.setUsageHelpWidth(helpWidth(console, args));
        Settings settings = new Settings(console.environment(), file);
        settings.check(sluice);
        sluice.setDefaultValueProvider(settings);
        sluice.setParameterExceptionHandler((problem, _) -> wrongUsage(console, settings, problem));
        sluice.setExecutionExceptionHandler((failure, _, parsed) -> report(console, settings, failure, parsed));
        return sluice.execute(args);
    }

    /** The terminal is asked for its width only when help is likely: the call is new to the JVM and costs a few ms. */
    private static int helpWidth(Console console, String... args) {
        boolean help = args.length == 0
                || args[0].equals(HelpCommand.NAME)
                || List.of(args).contains("--help")
                || List.of(args).contains("-h");
        int columns = help && console.outTerminal() ? Terminals.columns(1).orElse(WIDTH) : WIDTH;
        return Math.clamp(columns, LEAST_WIDTH, WIDTH);
    }

    /** All commands, with no settings from elsewhere. */
    static CommandLine commandLine(Console console) {
        return commandLine(console, new String[0]);
    }

    private static CommandLine commandLine(Console console, String... args) {
        CommandSpec spec = new SluiceCommand().spec();
        Commands commands = new Commands(console);
        commands.addTo(spec, commands.only(args));
        CommandLine sluice = new CommandLine(spec);
        sluice.setExpandAtFiles(false); // @FILE is a prompt
        sluice.setCaseInsensitiveEnumValuesAllowed(true);
        sluice.setColorScheme(Help.defaultColorScheme(colored(console) ? Help.Ansi.ON : Help.Ansi.OFF));
        sluice.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        sluice.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        return sluice;
    }

    private static boolean colored(Console console) {
        return console.outTerminal()
                && console.environment().getOrDefault("NO_COLOR", "").isEmpty();
    }

    private static int wrongUsage(Console console, Settings settings, ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        console.sayWrapped("sluice: " + WrongUsage.message(problem) + origin(settings, problem));
        console.err().println(command.getCommandSpec().qualifiedName() + " --help lists what it takes");
        return ExitCode.USAGE;
    }

    /** Where a value came from that is not on the command line. */
    private static String origin(Settings settings, ParameterException problem) {
        ArgSpec argument = problem.getArgSpec();
        Setting setting = argument == null ? null : settings.find(argument);
        return setting == null || !setting.value().equals(problem.getValue()) ? "" : ", set in " + setting.origin();
    }

    /** One message without a stack trace; nothing at all when the reader of a pipe has simply gone. */
    private static int report(Console console, Settings settings, Exception failure, ParseResult parsed) {
        ParseResult command = parsed;
        while (command.hasSubcommand()) {
            command = command.subcommand();
        }
        int code = ExitCode.of(failure);
        if (!ExitCode.silent(code)) {
            String message = failure instanceof dev.sluice.error.SluiceException
                            || failure instanceof Console.ClosedOutputException
                    ? failure.getMessage()
                    : "unexpected failure: " + failure + "; --verbose shows where";
            console.sayWrapped("sluice: " + message);
        }
        if (code == ExitCode.USAGE || code == ExitCode.MODEL) {
            settings.taken(command).forEach(setting -> console.err().println("  with " + setting));
        }
        if (verbose(command)) {
            failure.printStackTrace(console.err());
        }
        return code;
    }

    private static boolean verbose(ParseResult command) {
        OptionSpec verbose = command.commandSpec().findOption("--verbose");
        return verbose != null && Boolean.TRUE.equals(verbose.getValue());
    }
}
