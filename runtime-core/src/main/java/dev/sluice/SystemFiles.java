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
        return text(path).flatMap(text -> fieldOf(text, name));
    }

    private static Optional<String> fieldOf(String text, String name) {
        for (int line = 0; line <= text.length(); line = end(text, line) + 1) {
            if (text.startsWith(name, line)) {
                return Optional.of(
                        text.substring(line + name.length(), end(text, line)).strip());
            }
        }
        return Optional.empty();
    }

    private static int end(String text, int line) {
        int end = text.indexOf('\n', line);
        return end < 0 ? text.length() : end;
    }

    /** The number after {@code name} at the beginning of a line. */
    OptionalLong numberAfter(String path, String name) {
        return field(path, name).map(SystemFiles::firstNumber).orElse(OptionalLong.empty());
    }

    private static OptionalLong firstNumber(String words) {
        int end = words.indexOf(' ');
        return parse(end < 0 ? words : words.substring(0, end));
    }

    private static OptionalLong parse(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
