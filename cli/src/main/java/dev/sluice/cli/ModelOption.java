package dev.sluice.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The model of a command whose argument is a text. */
final class ModelOption {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description =
                    "A folder, a file in one, a name that sluice ls lists, or OWNER/NAME[@REVISION] from the Hugging"
                            + " Face cache. Default: the small storyteller that comes with Sluice.")
    @Nullable
    Path model;

    @Mixin
    ModelPlaces places = new ModelPlaces();

    Path folder(Console console) {
        return places.folder(console, model);
    }
}
