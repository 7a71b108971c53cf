package dev.sluice.cli;

import dev.sluice.error.InvalidRequestException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Lines of a pipe, a file, or a terminal that cannot be edited on. */
final class PlainLines implements Lines {
    private final Console console;
    private final InputStream in;
    private final boolean asking;
    private long offset;

    PlainLines(Console console) {
        this.console = console;
        this.in = new BufferedInputStream(console.in());
        this.asking = console.inTerminal() && console.errTerminal();
    }

    @Override
    public @Nullable String next() {
        String line = line(PROMPT);
        if (line == null) {
            return null;
        }
        return Lines.open(line) ? quoted(line) : continued(line);
    }

    private String quoted(String first) {
        StringBuilder entry = new StringBuilder(first);
        String line;
        do {
            line = line(PROMPT_MORE);
            if (line == null) {
                throw new InvalidRequestException("standard input ends within \"\"\"; expected \"\"\" after the text");
            }
            entry.append('\n').append(line);
        } while (!line.contains(QUOTES));
        return entry.toString();
    }

    private String continued(String first) {
        StringBuilder entry = new StringBuilder();
        String line = first;
        while (line != null && line.endsWith("\\")) {
            entry.append(line, 0, line.length() - 1).append('\n');
            line = line(PROMPT_MORE);
        }
        return entry.append(line == null ? "" : line).toString();
    }

    private @Nullable String line(String prompt) {
        if (asking) {
            console.err().print(prompt);
            console.err().flush();
        }
        long start = offset;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            for (; b >= 0 && b != '\n'; b = in.read()) {
                bytes.write(b);
                if (bytes.size() > TextSource.MAX_BYTES) {
                    break; // refused below
                }
            }
            offset = start + bytes.size() + 1;
        } catch (IOException e) {
            throw new InvalidRequestException("standard input cannot be read: " + e.getMessage(), e);
        }
        String line = TextSource.decode(bytes.toByteArray(), "standard input", start);
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    @Override
    public void away(Runnable action) {
        action.run();
    }

    @Override
    public void close() {}
}
