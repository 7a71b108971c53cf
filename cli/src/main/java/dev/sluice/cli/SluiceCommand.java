package dev.sluice.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice} without a command shows its help. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "Runs hybrid-attention language models straight from their safetensors folder.",
        description = {
            "",
            "  sluice run \"Write a story about a boat.\"",
            "  sluice chat -m ~/models/Qwen3-Next-80B-A3B-Instruct-FP8",
            ""
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "sluice COMMAND --help lists the options of a command. Each option --some-name can also be set by the"
                    + " variable SLUICE_SOME_NAME, or by a line some-name = value in the configuration file"
                    + " (see --config). A flag comes before the variable, and that before the file.",
            "",
            "Exit codes: 0 done, 1 failure, 2 wrong usage, 3 model missing, invalid or not supported, 4 not enough memory,"
                    + " 130 interrupted, 141 the reader of the output went away, 143 terminated."
        })
final class SluiceCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return ExitCode.USAGE;
    }
}
