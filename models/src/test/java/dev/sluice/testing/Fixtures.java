package dev.sluice.testing;

import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.NamedArrays;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Where test data lies. The one loader of fixtures for every module. */
public final class Fixtures {
    private Fixtures() {}

    /** The folder {@code fixtures/} of the project. */
    public static Path root() {
        return Path.of(property("sluice.fixtures"));
    }

    /** The model that ships with the command, read where it lies in the sources. */
    public static Path embeddedModel() {
        return Path.of(property("sluice.root"), "cli", "src", "dist", "models", "sluice-tiny-fp8");
    }

    /** Expected values of {@link #embeddedModel}. */
    public static Case embeddedCase() {
        return load("sluice-tiny-fp8", embeddedModel(), root().resolve("sluice-tiny-fp8"));
    }

    /**
     * The embedded model and, where it lies beside the project, its twin in BF16, which is too large for git. Both come
     * with the values a correct runtime computes.
     */
    public static List<Case> tinyModels() {
        Path twin = Path.of(property("sluice.root")).resolveSibling("shared").resolve("sluice-tiny");
        return Files.isDirectory(twin)
                ? List.of(embeddedCase(), load("sluice-tiny", twin, twin))
                : List.of(embeddedCase());
    }

    /** All golden model cases, sorted by name. */
    public static List<Case> cases() {
        try (Stream<Path> folders = Files.list(root().resolve("models"))) {
            return folders.filter(Files::isDirectory)
                    .sorted()
                    .map(folder -> load(folder.getFileName().toString(), folder, folder))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The cases of one {@code family} of case.json, such as {@code qwen3_next}. */
    public static List<Case> cases(String family) {
        return cases().stream().filter(c -> c.family().equals(family)).toList();
    }

    /** A golden model case by name. */
    public static Case golden(String name) {
        Path folder = root().resolve("models").resolve(name);
        return load(name, folder, folder);
    }

    /** A file of {@code fixtures/quantize}. */
    public static NamedArrays quantize(String file) {
        return NamedArrays.read(root().resolve("quantize").resolve(file));
    }

    private static Case load(String name, Path model, Path data) {
        JsonObject json = JsonObject.read(data.resolve("case.json"));
        return new Case(name, model, Objects.requireNonNull(json.string("family")), json, data);
    }

    private static String property(String name) {
        return Objects.requireNonNull(
                System.getProperty(name), () -> "system property " + name + " is not set; run the tests through Maven");
    }

    /**
     * A model with the values a correct runtime computes for it.
     *
     * @param model its folder
     * @param family {@code model_type} without the suffix of a text part
     * @param json {@code case.json}
     * @param data folder of the expected values
     */
    public record Case(String name, Path model, String family, JsonObject json, Path data) {
        /** {@code expected.safetensors}. */
        public NamedArrays expected() {
            return NamedArrays.read(data.resolve("expected.safetensors"));
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
