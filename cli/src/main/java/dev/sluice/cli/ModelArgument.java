package dev.sluice.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The model that a command is about. */
final class ModelArgument {
    /** {@link Settings} knows a positional parameter of this label as the setting {@code model}. */
    static final String LABEL = "MODEL";

    @Parameters(
            arity = "0..1",
            paramLabel = LABEL,
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
