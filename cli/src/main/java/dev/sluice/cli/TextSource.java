package dev.sluice.cli;

import dev.sluice.StrictUtf8;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prompts from files and streams. Bytes that are no UTF-8 are refused, not replaced. */
final class TextSource {
    /** Well above the longest context; a wrong file name must not fill the heap. */
    static final int MAX_BYTES = 64 << 20;

    private TextSource() {}

    /** {@code -} is standard input, {@code @file} a file, everything else the text itself. */
    static String argument(String argument, InputStream in) {
        if (argument.equals("-")) {
            return stream(in);
        }
        return argument.startsWith("@") ? file(Path.of(argument.substring(1))) : argument;
    }

    /** A path as typed, where {@code ~/} is the home folder. */
    static Path path(String typed) {
        return typed.startsWith("~/")
                ? Path.of(System.getProperty("user.home")).resolve(typed.substring(2))
                : Path.of(typed);
    }

    static String stream(InputStream in) {
        try {
            return decode(in.readNBytes(MAX_BYTES + 1), "standard input");
        } catch (IOException e) {
            throw new InvalidRequestException("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    static String file(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return decode(in.readNBytes(MAX_BYTES + 1), file.toString());
        } catch (IOException e) {
            throw new InvalidRequestException(file + " cannot be read: " + StorageException.reason(e), e);
        }
    }

    /** {@code source} names the bytes in the refusal of what is no UTF-8. */
    static String decode(byte[] bytes, String source) {
        return decode(bytes, source, 0);
    }

    /** As {@link #decode(byte[], String)} for a part that begins at offset {@code start}. */
    static String decode(byte[] bytes, String source, long start) {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidRequestException(source + " is longer than " + MAX_BYTES + " bytes");
        }
        try {
            return StrictUtf8.decode(bytes, start);
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(source + " is " + e.getMessage(), e);
        }
    }
}
