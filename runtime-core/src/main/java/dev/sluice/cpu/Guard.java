package dev.sluice.cpu;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Lets one thread at a time use the executor, and nobody once it is closed or broken. */
final class Guard {
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;
    private @Nullable InternalError broken;

    /** Takes the executor; {@link #exit} must follow. */
    void enter() {
        if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
            throw new InvalidRequestException("the executor is running a step already; one thread may use it at a time,"
                    + " and a tap listener may not call back");
        }
        InternalError cause = broken;
        if (closed || cause != null) {
            lock.unlock();
            throw cause == null ? new ModelBrokenException("the executor is closed") : brokenBy(cause);
        }
    }

    /** Waits for the running step, also when closed or broken; {@link #exit} must follow. */
    void await() {
        lock.lock();
    }

    void exit() {
        lock.unlock();
    }

    /** Refuses every further use; called between {@link #enter} and {@link #exit}. */
    ModelBrokenException fail(InternalError cause) {
        broken = cause;
        return brokenBy(cause);
    }

    private static ModelBrokenException brokenBy(InternalError cause) {
        return new ModelBrokenException(
                "a mapped weight file could not be read any more: it was truncated or its disk failed while the model"
                        + " was in use; close this model, restore the file and load it again",
                cause);
    }

    /** Waits for the running step and refuses the next; false if that was done before. */
    boolean close() {
        if (lock.isHeldByCurrentThread()) {
            throw new InvalidRequestException("a tap listener cannot close the executor that calls it");
        }
        lock.lock();
        try {
            boolean first = !closed;
            closed = true;
            return first;
        } finally {
            lock.unlock();
        }
    }
}
