package dev.sluice.cli;

import dev.sluice.Generation;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C while an answer comes: the first one ends the answer, which stays as far as it came; the second one ends the
 * process at once. Outside of answers Ctrl-C is the JVM's own and ends the process.
 */
final class Interrupt implements AutoCloseable {
    private static final String SIGNAL = "INT";

    private final Object before;
    private volatile @Nullable Generation generation;
    private volatile boolean happened;

    Interrupt() {
        before = Signals.register(SIGNAL, this::interrupted);
    }

    /** From now on an interrupt cancels this generation. */
    void cancels(Generation current) {
        generation = current;
        if (happened) {
            current.cancel();
        }
    }

    private void interrupted() {
        if (happened) {
            System.exit(ExitCode.INTERRUPTED);
        }
        happened = true;
        Generation current = generation;
        if (current != null) {
            current.cancel();
        }
    }

    @Override
    public void close() {
        Signals.unregister(SIGNAL, before);
    }
}
