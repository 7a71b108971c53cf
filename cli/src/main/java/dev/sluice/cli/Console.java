package dev.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The streams of the process and what they are connected to. Standard output carries generated text and nothing else;
 * everything said about it goes to {@code err}.
 */
record Console(
        InputStream in,
        OutputStream out,
        PrintStream err,
        boolean inTerminal,
        boolean outTerminal,
        boolean errTerminal,
        Map<String, String> environment,
        Screen screen) {

    /** Columns of the labels of {@code show} and {@code doctor}. */
    static final int LABEL = 12;

    /** That of this process. */
    static Console system() {
        return new Console(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Terminals.isTerminal(0),
                Terminals.isTerminal(1),
                Terminals.isTerminal(2),
                System.getenv(),
                new SystemScreen());
    }

    /** The user's folder. */
    Path home() {
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.isEmpty() ? System.getProperty("user.home", "") : home);
    }

    /** Whether standard error can show colors and erase lines. */
    boolean ansi() {
        return errTerminal && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    /** Says something to a person, on standard error; nothing in it commands the terminal. */
    void say(String text) {
        err.println(PlainText.safe(text));
    }

    /** As {@link #say}; a terminal gets lines that break at blanks. */
    void sayWrapped(String text) {
        say(wrapped(text));
    }

    /** The text in lines that fit a terminal, its own line breaks kept; unchanged where standard error is none. */
    String wrapped(String text) {
        if (!errTerminal) {
            return text;
        }
        int width = screen.columns() - 1;
        return text.lines()
                .flatMap(line -> PlainText.wrap(line, width).stream())
                .collect(Collectors.joining("\n"));
    }

    /** Writes generated text at once, as it is except on a terminal; pieces are whole code points. */
    void text(String text) {
        try {
            out.write((outTerminal ? PlainText.safe(text) : text).getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new ClosedOutputException(e);
        }
    }

    /** Writes lines of a label and a text; on a terminal those too long for it go on below the text. */
    void labelled(String lines) {
        text(outTerminal ? PlainText.folded(lines, screen.columns(), LABEL) : lines);
    }

    /** Nobody reads standard output any more, or its disk is full. */
    static final class ClosedOutputException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ClosedOutputException(IOException cause) {
            super("standard output cannot be written: " + cause.getMessage(), cause);
        }

        /** The reader of a pipe has left, as in {@code sluice run ... | head -c 10}. */
        boolean pipeClosed() {
            return String.valueOf(getMessage()).contains("Broken pipe");
        }
    }
}
