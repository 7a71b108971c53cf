package dev.sluice.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The model that a command is about. */
final class ModelArgument {
    /** {@link Settings} knows a positional parameter of this label as the setting {@code model}. */
    static final String LABEL = "MODEL";

    static final String TEXT =
            "A folder, a file in one, a name that sluice ls lists, or OWNER/NAME[@REVISION] from the Hugging Face cache."
                    + " Default: the small storyteller that comes with Sluice.";

    private final ModelPlaces places = new ModelPlaces();

    @Nullable
    Path model;

    void addTo(Flags flags) {
        flags.argument(LABEL, "0..1", TEXT).value(Path.class, named -> model = named);
        places.addTo(flags);
    }

    Path folder(Console console) {
        return places.folder(console, model);
    }
}
