package dev.sluice.cli;

import dev.sluice.Generation;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Signals while an answer comes or a benchmark runs. The first Ctrl-C ends that, and what there is so far stays; the second
 * one ends the process at once. A request to terminate (SIGTERM) ends the answer, tells how it went and then ends the
 * process. Otherwise signals are the JVM's own, or the line editor's.
 *
 * <p>The JDK's own class for signals, not JLine's: that one finds it by reflection, writes a proxy class and asks for a
 * logger, for which every jar is opened, 15 ms of processor time before the first token.
 */
final class Interrupt implements AutoCloseable {
    private static final Signal INTERRUPT = new Signal("INT");
    private static final Signal TERMINATE = new Signal("TERM");

    private final @Nullable SignalHandler beforeInterrupt;
    private final @Nullable SignalHandler beforeTerminate;
    private volatile @Nullable Runnable action;
    private volatile boolean happened;
    private volatile boolean terminated;

    Interrupt() {
        beforeInterrupt = handle(INTERRUPT, _ -> stop(ExitCode.INTERRUPTED));
        beforeTerminate = handle(TERMINATE, _ -> {
            terminated = true;
            stop(ExitCode.TERMINATED);
        });
    }

    /** Returns who heard of the signal before; null when this JVM leaves it alone ({@code -Xrs}). */
    private static @Nullable SignalHandler handle(Signal signal, SignalHandler handler) {
        try {
            return Signal.handle(signal, handler);
        } catch (IllegalArgumentException e) {
            return null;
        }
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
        restore(INTERRUPT, beforeInterrupt);
        restore(TERMINATE, beforeTerminate);
    }

    private static void restore(Signal signal, @Nullable SignalHandler before) {
        if (before != null) {
            Signal.handle(signal, before);
        }
    }

    /** The process was asked to end. */
    static final class TerminatedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TerminatedException() {
            super("terminated");
        }
    }
}
