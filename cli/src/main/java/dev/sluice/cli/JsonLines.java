package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.SluiceException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line on standard input, one a line on standard output. Every line gets its answer at once, an empty
 * or a broken one too, so that answers can be matched to questions by counting.
 */
final class JsonLines {
    /** Longest line; the rest of a longer one is passed over without being kept. */
    static final int MAX_BYTES = 16 << 20;

    /** What a line is answered with. */
    interface Service {
        /** Throws a {@link SluiceException} whose message is the answer's {@code error}. */
        Map<String, ?> answer(Map<String, @Nullable Object> question);
    }

    private final Console console;
    private final Service service;

    private JsonLines(Console console, Service service) {
        this.console = console;
        this.service = service;
    }

    /** Answers until standard input ends. */
    static void serve(Console console, Service service) {
        new JsonLines(console, service).run();
    }

    private void run() {
        try (InputStream in = new BufferedInputStream(console.in(), 1 << 16)) {
            for (Line line = next(in); line != null; line = next(in)) {
                console.text(Json.write(answer(line)) + "\n");
            }
        } catch (IOException e) {
            throw new InvalidRequestException("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    private Map<String, ?> answer(Line line) {
        try {
            if (line.tooLong()) {
                throw new InvalidRequestException("the line is longer than " + MAX_BYTES + " bytes");
            }
            return service.answer(Json.object(TextSource.decode(line.bytes(), "the line")));
        } catch (SluiceException e) {
            return Map.of("error", String.valueOf(e.getMessage()));
        }
    }

    private record Line(byte[] bytes, boolean tooLong) {}

    /** Up to the next line feed or the end; null when nothing is left. */
    private static @Nullable Line next(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean tooLong = false;
        int b = in.read();
        if (b < 0) {
            return null;
        }
        while (b >= 0 && b != '\n') {
            if (bytes.size() < MAX_BYTES) {
                bytes.write(b);
            } else {
                tooLong = true;
            }
            b = in.read();
        }
        return new Line(bytes.toByteArray(), tooLong);
    }
}
