package dev.sluice;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What Linux says in {@code /proc} and {@code /sys}; everything is absent elsewhere.
 *
 * @param root {@code /} but in tests
 */
record SystemFiles(Path root) {
    static SystemFiles ofThisMachine() {
        return new SystemFiles(Path.of("/"));
    }

    /** The whole file without blanks at its ends, by its path from the root. */
    Optional<String> text(String path) {
        try {
            return Optional.of(Files.readString(root.resolve(path)).strip());
        } catch (IOException | RuntimeException e) { // not there, not readable, or no text
            return Optional.empty();
        }
    }

    List<String> lines(String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** A file that is one number. */
    OptionalLong number(String path) {
        return text(path).map(SystemFiles::parse).orElse(OptionalLong.empty());
    }

    /** What follows {@code name} at the beginning of a line, up to the end of it. */
    Optional<String> field(String path, String name) {
        return lines(path).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst();
    }

    /** The number after {@code name} at the beginning of a line. */
    OptionalLong numberAfter(String path, String name) {
        return field(path, name).map(text -> parse(text.split("\\s", 2)[0])).orElse(OptionalLong.empty());
    }

    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
