package dev.sluice.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The model of a command whose argument is a text. */
final class ModelOption {
    private final ModelPlaces places = new ModelPlaces();

    private @Nullable Path model;

    void addTo(Flags flags) {
        flags.option("-m, --model=" + ModelArgument.LABEL, ModelArgument.TEXT)
                .value(Path.class, named -> model = named);
        places.addTo(flags);
    }

    Path folder(Console console) {
        return places.folder(console, model);
    }
}
