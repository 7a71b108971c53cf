package dev.sluice.engine;

import dev.sluice.error.ModelBrokenException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one thread of a runtime on which models run. Jobs take turns, one step each, so that several sequences of several
 * models advance together and none can block another. It is member 0 of the thread team; callers only wait.
 */
public final class Engine implements AutoCloseable {
    /** Work that advances step by step on the engine thread. A step never waits for a caller. */
    public interface Job {
        /** Does one step; false when there is no more. */
        boolean step();

        /** The last step threw this; there will be no other. */
        void failed(Throwable cause);
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Job> jobs = new ArrayDeque<>();
    private final Thread thread;
    private boolean closing;

    public Engine(String name) {
        thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    /** Adds a job; its steps begin soon and happen after everything the caller did before. */
    public void submit(Job job) {
        lock.lock();
        try {
            if (closing) {
                throw new ModelBrokenException("the Sluice runtime is closed; open another one");
            }
            jobs.add(job);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Runs {@code action} between two steps and waits for its end; throws what it throws. */
    public void call(Runnable action) {
        Call call = new Call(action);
        submit(call);
        call.await();
    }

    /** Ends the thread once all jobs are over. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        awaitEnd();
    }

    /** Not cut short by an interrupt: giving up would leak the thread. */
    private void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        for (Job job = next(); job != null; job = next()) {
            if (step(job)) {
                again(job);
            }
        }
    }

    private static boolean step(Job job) {
        try {
            return job.step();
        } catch (Throwable e) { // an Error of one job, such as OutOfMemoryError, must not end all others
            job.failed(e);
            return false;
        }
    }

    private @Nullable Job next() {
        lock.lock();
        try {
            while (jobs.isEmpty() && !closing) {
                changed.awaitUninterruptibly();
            }
            return jobs.poll();
        } finally {
            lock.unlock();
        }
    }

    private void again(Job job) {
        lock.lock();
        try {
            jobs.add(job);
        } finally {
            lock.unlock();
        }
    }

    /** One action as a job. */
    private final class Call implements Job {
        private final Runnable action;
        private boolean done;
        private @Nullable Throwable failure;

        Call(Runnable action) {
            this.action = action;
        }

        @Override
        public boolean step() {
            action.run();
            finish(null);
            return false;
        }

        @Override
        public void failed(Throwable cause) {
            finish(cause);
        }

        private void finish(@Nullable Throwable cause) {
            lock.lock();
            try {
                failure = cause;
                done = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void await() {
            lock.lock();
            try {
                while (!done) {
                    changed.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
            switch (failure) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failure);
            }
        }
    }
}
