package dev.sluice.cli;

import dev.sluice.Generation;
import dev.sluice.Piece;
import dev.sluice.Progress;
import dev.sluice.Reply;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows one answer while it comes: the answer on standard output, what the model thinks first on standard error, between
 * one-line markers or as its length only.
 */
final class AnswerPrinter {
    private final Console console;
    private final BooleanSupplier stopped;
    private final OutputFlags flags;
    private final boolean dim;
    private final boolean markers;
    private final boolean hidden;
    private final boolean status;
    private final @Nullable WordWrap content;
    private final @Nullable WordWrap thoughts;
    private boolean thinking;
    private long thinkingSince;
    private String lastThought = "";
    private String lastText = "";

    /** @param stopped whether the answer has been asked to end */
    AnswerPrinter(Console console, OutputFlags flags, BooleanSupplier stopped) {
        this.stopped = stopped;
        this.console = console;
        this.flags = flags;
        OutputFlags.Thinking shown = flags.thinking;
        boolean wanted = shown == null ? console.errTerminal() && !flags.quiet : true;
        this.hidden = !wanted || shown == OutputFlags.Thinking.off;
        this.markers = wanted;
        this.dim = shown != OutputFlags.Thinking.on;
        this.status = !flags.quiet;
        this.content = console.outTerminal() && console.ansi() ? new WordWrap(console.screen()::columns) : null;
        this.thoughts = console.ansi() ? new WordWrap(console.screen()::columns) : null;
    }

    /** Prints to the end of the answer; {@code endLine} adds a line break where it has none. */
    Reply print(Generation generation, boolean endLine) {
        Iterator<Piece> pieces = generation.iterator();
        Piece piece = first(pieces, generation);
        while (piece != null) {
            print(piece, generation);
            piece = next(pieces, generation);
        }
        endThinking(generation);
        console.text(content == null ? "" : content.flush());
        if (endLine && !lastText.isEmpty() && !lastText.endsWith("\n")) {
            console.text("\n");
        }
        return generation.await();
    }

    /** Waits for the prompt and the first text. */
    private @Nullable Piece first(Iterator<Piece> pieces, Generation generation) {
        ProgressBar prefill = new ProgressBar("prefill", "t/s");
        DiskReads reads = new DiskReads();
        try (StatusLine _ = new StatusLine(console, status, () -> waiting(generation.progress(), prefill, reads))) {
            return pieces.hasNext() ? pieces.next() : null;
        }
    }

    private @Nullable Piece next(Iterator<Piece> pieces, Generation generation) {
        if (!thinking || !hidden) {
            return pieces.hasNext() ? pieces.next() : null;
        }
        try (StatusLine _ = new StatusLine(console, status, () -> "thinking, " + length(generation))) {
            while (pieces.hasNext()) {
                Piece piece = pieces.next();
                if (piece.kind() == Piece.Kind.CONTENT) {
                    return piece;
                }
            }
            return null;
        }
    }

    private void print(Piece piece, Generation generation) {
        if (piece.kind() == Piece.Kind.CONTENT) {
            endThinking(generation);
            console.text(content == null ? piece.text() : content.feed(PlainText.safe(piece.text())));
            lastText = piece.text();
            return;
        }
        if (!thinking) {
            thinking = true;
            thinkingSince = System.nanoTime();
            if (!hidden) {
                err("[thinking]\n");
            }
        }
        if (!hidden) {
            err(thoughts == null ? piece.text() : thoughts.feed(PlainText.safe(piece.text())));
            lastThought = piece.text();
        }
    }

    private void endThinking(Generation generation) {
        if (!thinking) {
            return;
        }
        thinking = false;
        err(thoughts == null ? "" : thoughts.flush());
        if (markers) {
            String length = "thought for " + length(generation);
            err(hidden ? "(" + length + ")\n" : (lastThought.endsWith("\n") ? "" : "\n") + "[" + length + "]\n");
        }
    }

    private String length(Generation generation) {
        return String.format(
                Locale.ROOT,
                "%.1f s, %d tokens",
                (System.nanoTime() - thinkingSince) / 1e9,
                generation.progress().reasoning());
    }

    private void err(String text) {
        if (text.isEmpty()) {
            return;
        }
        String shown = console.errTerminal() ? PlainText.safe(text) : text;
        console.err().print(dim ? flags.dimmed(console, shown) : shown);
        console.err().flush();
    }

    private String waiting(Progress progress, ProgressBar prefill, DiskReads reads) {
        if (stopped.getAsBoolean()) {
            return "stopping when this step is done; Ctrl-C again leaves at once";
        }
        return progress.generated() > 0
                ? "waiting for text, " + progress.generated() + " tokens"
                : prefill.text(
                        progress.promptCached(),
                        progress.promptWork(),
                        progress.promptTotal(),
                        reads.text(),
                        console.screen().columns());
    }
}
