package dev.sluice.cli;

import dev.sluice.Generation;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/**
 * Signals while an answer comes or a benchmark runs. The first Ctrl-C ends that, and what there is so far stays; the second
 * one ends the process at once. A request to terminate (SIGTERM) ends the answer, tells how it went and then ends the
 * process. Otherwise signals are the JVM's own, or the line editor's.
 */
final class Interrupt implements AutoCloseable {
    private static final String INTERRUPT = "INT";
    private static final String TERMINATE = "TERM";

    private final Object beforeInterrupt;
    private final Object beforeTerminate;
    private volatile @Nullable Runnable action;
    private volatile boolean happened;
    private volatile boolean terminated;

    Interrupt() {
        beforeInterrupt = Signals.register(INTERRUPT, () -> stop(ExitCode.INTERRUPTED));
        beforeTerminate = Signals.register(TERMINATE, () -> {
            terminated = true;
            stop(ExitCode.TERMINATED);
        });
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

    boolean happened() {
        return happened;
    }

    private void stop(int codeOfTheSecond) {
        if (happened) {
            System.exit(codeOfTheSecond);
        }
        happened = true;
        Runnable current = action;
        if (current != null) {
            current.run();
        }
    }

    /** Ends the command, once the answer is told, when the process was asked to terminate. */
    void endIfTerminated() {
        if (terminated) {
            throw new TerminatedException();
        }
    }

    @Override
    public void close() {
        Signals.unregister(INTERRUPT, beforeInterrupt);
        Signals.unregister(TERMINATE, beforeTerminate);
    }

    /** The process was asked to end. */
    static final class TerminatedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TerminatedException() {
            super("terminated");
        }
    }
}
