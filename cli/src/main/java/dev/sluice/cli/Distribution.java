package dev.sluice.cli;

import dev.sluice.error.ModelNotFoundException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;

/** The folder that Sluice was unpacked or built into: {@code lib}, {@code models}, {@code bin}. */
final class Distribution {
    private static final String EMBEDDED = "sluice-tiny-fp8";

    private Distribution() {}

    /** The models that come with it. */
    static Path models() {
        String home = System.getProperty("sluice.home");
        return (home == null ? besideTheJar() : Path.of(home)).resolve("models");
    }

    /** The model that runs when none is named. */
    static Path embeddedModel() {
        Path folder = models().resolve(EMBEDDED);
        if (!Files.isDirectory(folder)) {
            throw new ModelNotFoundException("the model that comes with Sluice is not at " + folder
                    + "; name one with -m, or start Sluice with its launcher");
        }
        return folder;
    }

    /** The distribution keeps its jars in {@code lib}. */
    private static Path besideTheJar() {
        CodeSource source = Distribution.class.getProtectionDomain().getCodeSource();
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
