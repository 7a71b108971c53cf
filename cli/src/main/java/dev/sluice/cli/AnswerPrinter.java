package dev.sluice.cli;

import dev.sluice.Generation;
import dev.sluice.Piece;
import dev.sluice.Progress;
import dev.sluice.Reply;
import java.util.Locale;

/**
 * Shows one answer while it comes: the answer on standard output, what the model thinks first on standard error, between
 * one-line markers or as its length only.
 */
final class AnswerPrinter {
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";

    private final Console console;
    private final OutputFlags flags;
    private final boolean dim;
    private final boolean markers;
    private final boolean hidden;
    private boolean thinking;
    private long thinkingSince;
    private String lastThought = "";
    private String lastText = "";

    AnswerPrinter(Console console, OutputFlags flags) {
        this.console = console;
        this.flags = flags;
        OutputFlags.Thinking shown = flags.thinking;
        boolean wanted = shown == null ? console.errTerminal() && !flags.quiet : true;
        this.hidden = !wanted || shown == OutputFlags.Thinking.off;
        this.markers = wanted;
        this.dim = shown != OutputFlags.Thinking.on && flags.colored(console);
    }

    /** Prints to the end of the answer. */
    Reply print(Generation generation) {
        var pieces = generation.iterator();
        long start = System.nanoTime();
        try (StatusLine _ = new StatusLine(
                console, console.errTerminal() && !flags.quiet, () -> progress(generation.progress(), start))) {
            boolean _ = pieces.hasNext(); // waits for the prompt and the first token
        }
        while (pieces.hasNext()) {
            print(pieces.next(), generation);
        }
        endThinking(generation);
        if (console.outTerminal() && !lastText.endsWith("\n")) {
            console.text("\n");
        }
        return generation.await();
    }

    private void print(Piece piece, Generation generation) {
        if (piece.kind() == Piece.Kind.CONTENT) {
            endThinking(generation);
            console.text(piece.text());
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
            err(piece.text());
            lastThought = piece.text();
        }
    }

    private void endThinking(Generation generation) {
        if (!thinking) {
            return;
        }
        thinking = false;
        if (!markers) {
            return;
        }
        String length = String.format(
                Locale.ROOT,
                "thought for %.1f s, %d tokens",
                (System.nanoTime() - thinkingSince) / 1e9,
                generation.progress().generated());
        err(hidden ? "(" + length + ")\n" : (lastThought.endsWith("\n") ? "" : "\n") + "[" + length + "]\n");
    }

    private void err(String text) {
        console.err().print(dim ? DIM + text + PLAIN : text);
        console.err().flush();
    }

    private static String progress(Progress progress, long start) {
        if (progress.generated() > 0) {
            return "waiting for text, " + progress.generated() + " tokens";
        }
        double rate = progress.promptDone() / ((System.nanoTime() - start) / 1e9);
        String eta = rate == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", %.0f t/s, eta %.0f s",
                        rate,
                        (progress.promptTotal() - progress.promptDone()) / rate);
        return "prefill " + progress.promptDone() + "/" + progress.promptTotal() + eta;
    }
}
