package dev.sluice.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What every command takes. */
final class HelpFlags {
    /** Read by {@link ConfigFile} before the command line is parsed. */
    @Nullable
    Path config;

    void addTo(Flags flags) {
        flags.option("-h, --help", "This text.")
                .with(option -> option.usageHelp(true))
                .flag();
        flags.option("--verbose", "Stack traces of errors.").flag();
        flags.option(
                        "--config=FILE",
                        "Settings, one name = value a line. Default: ~/.config/sluice/config, if it exists.")
                .value(Path.class, file -> config = file);
    }
}
