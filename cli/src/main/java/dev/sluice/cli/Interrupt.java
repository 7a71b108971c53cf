package dev.sluice.cli;

import dev.sluice.Generation;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C while an answer comes or a benchmark runs: the first one ends that, and what there is so far stays; the second
 * one ends the process at once. Otherwise Ctrl-C is the JVM's own and ends the process.
 */
final class Interrupt implements AutoCloseable {
    private static final String SIGNAL = "INT";

    private final Object before;
    private volatile @Nullable Runnable action;
    private volatile boolean happened;

    Interrupt() {
        before = Signals.register(SIGNAL, this::interrupted);
    }

    /** From now on an interrupt cancels this generation. */
    void cancels(Generation current) {
        runs(current::cancel);
    }

    /** From now on an interrupt runs this, at once when it has happened already. */
    void runs(Runnable reaction) {
        action = reaction;
        if (happened) {
            reaction.run();
        }
    }

    private void interrupted() {
        if (happened) {
            System.exit(ExitCode.INTERRUPTED);
        }
        happened = true;
        Runnable current = action;
        if (current != null) {
            current.run();
        }
    }

    @Override
    public void close() {
        Signals.unregister(SIGNAL, before);
    }
}
