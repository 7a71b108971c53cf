package dev.sluice.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command takes. */
final class HelpFlags {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "This text.")
    boolean help;

    @Option(names = "--verbose", description = "Stack traces of errors.")
    boolean verbose;

    /** Read by {@link ConfigFile} before the command line is parsed. */
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings, one name = value a line. Default: ~/.config/sluice/config, if it exists.")
    @Nullable
    Path config;
}
