package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice} without a command shows its help. */
final class SluiceCommand implements Callable<Integer> {
    private final CommandSpec spec =
            CommandSpec.wrapWithoutInspection(this).name("sluice").versionProvider(new Version());

    CommandSpec spec() {
        spec.usageMessage()
                .header("Runs hybrid-attention language models straight from their safetensors folder.")
                .description(
                        "",
                        "  sluice run \"Write a story about a boat.\"",
                        "  sluice chat -m ~/models/Qwen3-Next-80B-A3B-Instruct-FP8",
                        "")
                .synopsisSubcommandLabel("COMMAND")
                .footer(
                        "",
                        "sluice COMMAND --help lists the options of a command. Each option --some-name can also be set by the"
                                + " variable SLUICE_SOME_NAME, or by a line some-name = value in the configuration file"
                                + " (see --config). A flag comes before the variable, and that before the file.",
                        "",
                        "Exit codes: 0 done, 1 failure, 2 wrong usage, 3 model missing, invalid or not supported, 4 not enough memory,"
                                + " 130 interrupted, 141 the reader of the output went away, 143 terminated.");
        Flags flags = new Flags(spec);
        flags.option("-h, --help", "Show this help message and exit.")
                .with(option -> option.usageHelp(true))
                .flag();
        flags.option("-V, --version", "Print version information and exit.")
                .with(option -> option.versionHelp(true))
                .flag();
        return spec;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.USAGE;
    }
}
