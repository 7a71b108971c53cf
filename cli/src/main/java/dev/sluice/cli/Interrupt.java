package dev.sluice.cli;

import dev.sluice.Generation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a generation in good order when the process is interrupted (Ctrl-C) or terminated: the answer so far stays, what
 * is to be said about it is said, and the JVM exits with 130 or 143 by itself.
 */
final class Interrupt implements AutoCloseable {
    /** A step of a very large model may take longer; then the process ends without statistics. */
    private static final long PATIENCE_MS = 3000;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().unstarted(this::interrupted);
    private volatile @Nullable Generation generation;
    private volatile boolean happened;

    Interrupt() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** From now on an interrupt cancels this generation. */
    void cancels(Generation current) {
        generation = current;
        if (happened) {
            current.cancel();
        }
    }

    private void interrupted() {
        happened = true;
        Generation current = generation;
        if (current != null) {
            current.cancel();
            try {
                boolean _ = done.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Everything has been said. */
    @Override
    public void close() {
        done.countDown();
        if (!happened) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                happened = true; // the shutdown began just now
            }
        }
    }

    boolean happened() {
        return happened;
    }
}
