package dev.sluice.cli;

import dev.sluice.error.ModelNotFoundException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/** Finds the model of a command. */
final class ModelLocation {
    private static final Path EMBEDDED = Path.of("models", "sluice-tiny-fp8");

    private ModelLocation() {}

    /** The folder asked for, or the model that comes with the distribution. */
    static Path of(@Nullable Path asked) {
        if (asked == null) {
            return embedded();
        }
        if (!Files.isDirectory(asked)) {
            String what = Files.exists(asked) ? "is a file" : "does not exist";
            throw new ModelNotFoundException(
                    asked + " " + what + "; -m takes the folder of a model, with config.json and *.safetensors in it");
        }
        return asked;
    }

    private static Path embedded() {
        String home = System.getProperty("sluice.home");
        Path distribution = home == null ? besideTheJar() : Path.of(home);
        Path folder = distribution.resolve(EMBEDDED);
        if (!Files.isDirectory(folder)) {
            throw new ModelNotFoundException("the model that comes with Sluice is not at " + folder
                    + "; name one with -m, or start Sluice with its launcher");
        }
        return folder;
    }

    /** The distribution keeps its jars in {@code lib}. */
    private static Path besideTheJar() {
        CodeSource source = ModelLocation.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return Path.of("");
        }
        try {
            Path lib = Path.of(source.getLocation().toURI()).toAbsolutePath().getParent();
            Path distribution = lib == null ? null : lib.getParent();
            return distribution == null ? Path.of("") : distribution;
        } catch (URISyntaxException e) {
            return Path.of("");
        }
    }
}
