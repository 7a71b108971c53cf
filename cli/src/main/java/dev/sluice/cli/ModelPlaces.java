package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.tools.ModelCatalog;
import dev.sluice.tools.Synth;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a model's name is looked for. */
final class ModelPlaces {
    private @Nullable String path;

    void addTo(Flags flags) {
        flags.option(
                        "--models-path=FOLDERS",
                        "Folders that hold models as NAME or OWNER/NAME, separated as in PATH. They come before the"
                                + " Hugging Face cache (HF_HUB_CACHE, HF_HOME). Default: ~/models and"
                                + " ~/.local/share/sluice/models.")
                .value(String.class, folders -> path = folders);
    }

    /** The models that can be named, those of the distribution first. */
    ModelCatalog catalog(Console console) {
        List<Path> folders = new ArrayList<>();
        folders.add(Distribution.models());
        if (path == null) {
            Path home = console.home();
            folders.add(home.resolve("models"));
            String data = console.environment().getOrDefault("XDG_DATA_HOME", "");
            folders.add((data.isEmpty() ? home.resolve(".local/share") : Path.of(data)).resolve("sluice/models"));
        } else {
            for (String folder : path.split(File.pathSeparator, -1)) {
                if (!folder.isEmpty()) {
                    folders.add(Path.of(folder));
                }
            }
        }
        return ModelCatalog.of(folders, console.environment(), console.home());
    }

    /** The folder of the model that was named, or of the one that comes with the distribution. */
    Path folder(Console console, @Nullable Path named) {
        if (named != null && named.toString().startsWith(Synth.PREFIX)) {
            throw new InvalidRequestException(named + " has no folder: show and bench take it as it is; to use it"
                    + " elsewhere write one with sluice synth SHAPE OUT");
        }
        if (named == null) {
            return Distribution.embeddedModel();
        }
        // what a folder means needs no catalog, which takes a cold JVM 9 ms
        boolean folder = !named.toString().isEmpty() && Files.isDirectory(named);
        return folder ? named : catalog(console).resolve(named.toString());
    }
}
