package dev.sluice.cli;

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
}
