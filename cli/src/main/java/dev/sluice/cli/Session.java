package dev.sluice.cli;

import dev.sluice.FinishReason;
import dev.sluice.Generation;
import dev.sluice.Model;
import dev.sluice.Options;
import dev.sluice.Reply;
import dev.sluice.Sluice;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A runtime with one model, and the way its answers are shown. */
final class Session implements AutoCloseable {
    private final Console console;
    private final OutputFlags flags;
    private final Sluice sluice;
    private final Model model;

    private Session(Console console, OutputFlags flags, Sluice sluice, Model model) {
        this.console = console;
        this.flags = flags;
        this.sluice = sluice;
        this.model = model;
    }

    static Session open(Console console, ModelFlags modelFlags, OutputFlags flags) {
        Path folder = modelFlags.model.folder(console);
        Sluice sluice = modelFlags.threads == null ? Sluice.open() : Sluice.open(modelFlags.threads);
        try (StatusLine _ = new StatusLine(console, console.errTerminal() && !flags.quiet, () -> "loading " + folder)) {
            Session session = new Session(console, flags, sluice, sluice.load(folder, modelFlags.options()));
            session.warn();
            return session;
        } catch (RuntimeException | Error e) {
            sluice.close();
            throw e;
        }
    }

    Model model() {
        return model;
    }

    private void warn() {
        if (flags.quiet) {
            return;
        }
        for (String warning : model.info().warnings()) {
            console.err().println("sluice: " + warning);
        }
    }

    /** Shows an answer and its statistics; returns how it ended. */
    FinishReason show(Supplier<Generation> start) {
        try (Interrupt interrupt = new Interrupt();
                Generation generation = start.get()) {
            interrupt.cancels(generation);
            Reply reply = new AnswerPrinter(console, flags).print(generation);
            stats(reply, generation.options());
            return reply.finishReason();
        }
    }

    private void stats(Reply reply, Options options) {
        boolean random = !Double.valueOf(0).equals(options.temperature());
        String text = switch (flags.stats(console)) {
            case line -> StatsLine.line(reply, StatsLine.peakBytes());
            case json -> StatsLine.json(reply, StatsLine.peakBytes(), random ? options.seed() : null);
            case off, auto -> "";
        };
        if (!text.isEmpty()) {
            console.err().println(text);
        }
    }

    @Override
    public void close() {
        sluice.close();
    }
}
