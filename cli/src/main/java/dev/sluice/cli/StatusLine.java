package dev.sluice.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One changing line on a terminal while something takes longer than two seconds; gone when it is closed, or when the
 * process ends before. It never fills the last column, because a line that wraps could not be erased.
 */
final class StatusLine implements AutoCloseable {
    private static final long PATIENCE_MS = 2000;
    private static final long PERIOD_MS = 250;
    private static final String ERASE = "\r\u001b[K";

    private final Console console;
    private final Supplier<String> text;
    private final CountDownLatch end = new CountDownLatch(1);
    private final @Nullable Thread thread;

    /** Shows what {@code text} says; nothing when {@code on} is false or the terminal cannot erase. */
    StatusLine(Console console, boolean on, Supplier<String> text) {
        this.console = console;
        this.text = text;
        this.thread = on && console.ansi() ? Thread.ofVirtual().unstarted(this::run) : null;
        if (thread != null) {
            thread.start();
        }
    }

    private void run() {
        Thread atExit = new Thread(this::close, "sluice-status-line");
        try {
            long wait = PATIENCE_MS;
            boolean shown = false;
            while (!end.await(wait, TimeUnit.MILLISECONDS)) {
                if (!shown) {
                    Runtime.getRuntime().addShutdownHook(atExit);
                    shown = true;
                }
                console.err()
                        .print(ERASE
                                + PlainText.cut(text.get(), console.screen().columns() - 1));
                console.err().flush();
                wait = PERIOD_MS;
            }
            if (shown) {
                console.err().print(ERASE);
                console.err().flush();
                Runtime.getRuntime().removeShutdownHook(atExit);
            }
        } catch (IllegalStateException e) {
            return; // the process ends: either no line was begun, or the hook waits for this thread that erased it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Erases the line; nothing of it is written later. */
    @Override
    public void close() {
        if (thread == null) {
            return;
        }
        end.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
