package dev.sluice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** Lines edited on a terminal, with a history and completion. */
final class EditedLines implements Lines {
    private static final String ENTER = "sluice-enter";
    private static final String NEW_LINE = "sluice-new-line";

    private final Console console;
    private final Terminal terminal;
    private final LineReader reader;

    EditedLines(Console console, Terminal terminal, LineHistory history, ChatCompletion completion) {
        this.console = console;
        this.terminal = terminal;
        this.reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("sluice")
                .history(history)
                .parser(completion)
                .completer(completion)
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, PROMPT_MORE)
                .variable(LineReader.HISTORY_SIZE, LineHistory.MOST_LINES)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true) // "!" is an exclamation mark
                .option(LineReader.Option.HISTORY_REDUCE_BLANKS, false)
                .option(LineReader.Option.INSERT_TAB, false)
                .build();
        bindKeys();
        // between a line and the answer to it there is nothing to interrupt
        terminal.handle(Terminal.Signal.INT, Terminal.SignalHandler.SIG_IGN);
    }

    private void bindKeys() {
        reader.getWidgets().put(ENTER, this::enter);
        reader.getWidgets().put(NEW_LINE, this::newLine);
        KeyMap<Binding> keys = Objects.requireNonNull(reader.getKeyMaps().get(LineReader.MAIN));
        keys.bind(new Reference(ENTER), "\r", "\n");
        keys.bind(new Reference(NEW_LINE), KeyMap.alt('\r'), KeyMap.alt('\n'));
    }

    /** A backslash at the very end, or quotes not yet closed, ask for another line. */
    private boolean enter() {
        String text = reader.getBuffer().toString();
        boolean atEnd = reader.getBuffer().cursor() == text.length();
        if (Lines.open(text)) {
            return newLine();
        }
        if (atEnd && text.endsWith("\\") && !Lines.quoted(text)) {
            reader.getBuffer().backspace();
            return newLine();
        }
        reader.callWidget(LineReader.ACCEPT_LINE);
        return true;
    }

    private boolean newLine() {
        reader.getBuffer().write('\n');
        return true;
    }

    @Override
    public @Nullable String next() {
        while (true) {
            try {
                return reader.readLine(PROMPT);
            } catch (UserInterruptException e) {
                if (String.valueOf(e.getPartialLine()).isBlank()) {
                    console.sayWrapped("(Ctrl-D or /exit leaves)");
                }
            } catch (EndOfFileException e) {
                return null;
            }
        }
    }

    @Override
    public void away(Runnable action) {
        Attributes usual = terminal.getAttributes();
        Attributes silent = new Attributes(usual);
        silent.setLocalFlag(LocalFlag.ECHO, false);
        terminal.setAttributes(silent);
        try {
            action.run();
        } finally {
            terminal.setAttributes(usual);
        }
    }

    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
