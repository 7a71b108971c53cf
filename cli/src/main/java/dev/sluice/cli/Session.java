package dev.sluice.cli;

import dev.sluice.FinishReason;
import dev.sluice.Generation;
import dev.sluice.Model;
import dev.sluice.ModelInfo;
import dev.sluice.Options;
import dev.sluice.Reply;
import dev.sluice.Sluice;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A runtime with one model, and the way its answers are shown. */
final class Session implements AutoCloseable {
    private final Console console;
    private final OutputFlags flags;
    private final Sluice sluice;
    private final Model model;
    private @Nullable Reply last;
    private @Nullable Options lastOptions;

    private Session(Console console, OutputFlags flags, Sluice sluice, Model model) {
        this.console = console;
        this.flags = flags;
        this.sluice = sluice;
        this.model = model;
    }

    static Session open(Console console, ModelFlags modelFlags, OutputFlags flags) {
        Path folder = modelFlags.model.folder(console);
        Sluice sluice = modelFlags.threads == null ? Sluice.open() : Sluice.open(modelFlags.threads);
        LoadStatus status = new LoadStatus(console, folder);
        Session session;
        try (StatusLine _ = new StatusLine(console, !flags.quiet, status)) {
            session = new Session(console, flags, sluice, sluice.load(folder, modelFlags.options(), status::progress));
        } catch (RuntimeException | Error e) {
            sluice.close();
            throw e;
        }
        session.warn();
        return session;
    }

    Model model() {
        return model;
    }

    private void warn() {
        if (flags.quiet) {
            return;
        }
        for (String warning : model.info().warnings()) {
            console.sayWrapped("sluice: " + warning);
        }
    }

    /** Shows an answer, on lines of its own if {@code endLine}, and its statistics; returns how it ended. */
    FinishReason show(Supplier<Generation> start, boolean endLine) {
        try (Generation generation = start.get();
                Interrupt interrupt = new Interrupt()) { // 7 ms at first, while the prompt is read
            interrupt.cancels(generation);
            Reply reply = new AnswerPrinter(console, flags, interrupt::happened).print(generation, endLine);
            last = reply;
            lastOptions = generation.options();
            stats(flags.stats(console));
            interrupt.endIfTerminated();
            return reply.finishReason();
        }
    }

    /** What it means that an answer without a limit of its own ended for its length. */
    String contextFull() {
        ModelInfo info = model.info();
        return String.format(
                Locale.ROOT,
                "the context of %,d tokens is full, so the answer ends here%s",
                info.contextLength(),
                info.contextLength() < info.nativeContext()
                        ? String.format(Locale.ROOT, "; -c sets more, up to %,d", info.nativeContext())
                        : "; the model was made for no more, --rope-factor stretches it");
    }

    /** Tells about the last answer; false when there was none. */
    boolean stats(OutputFlags.Stats how) {
        if (last == null || lastOptions == null) {
            return false;
        }
        boolean random = !Double.valueOf(0).equals(lastOptions.temperature());
        String text = switch (how) {
            case line -> flags.dimmed(console, console.wrapped(StatsLine.line(last, StatsLine.peakBytes())));
            case json -> StatsLine.json(last, StatsLine.peakBytes(), random ? lastOptions.seed() : null);
            case off, auto -> "";
        };
        if (!text.isEmpty()) {
            console.err().println(text);
        }
        return true;
    }

    @Override
    public void close() {
        sluice.close();
    }
}
