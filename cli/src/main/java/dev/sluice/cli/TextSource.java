package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prompts from files and streams. Bytes that are no UTF-8 are refused, not replaced. */
final class TextSource {
    /** Well above the longest context; a wrong file name must not fill the heap. */
    private static final int MAX_BYTES = 64 << 20;

    private TextSource() {}

    /** {@code -} is standard input, {@code @file} a file, everything else the text itself. */
    static String argument(String argument, InputStream in) {
        if (argument.equals("-")) {
            return stream(in);
        }
        return argument.startsWith("@") ? file(Path.of(argument.substring(1))) : argument;
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
            throw new InvalidRequestException(file + " cannot be read: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
    }

    private static String decode(byte[] bytes, String source) {
        if (bytes.length > MAX_BYTES) {
            throw new InvalidRequestException(source + " is longer than " + MAX_BYTES + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidRequestException(source + " is not UTF-8 text; convert it first", e);
        }
    }
}
