package dev.sluice.kernels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * {@link ThreadTeam} on a generation counter. The caller writes the region and raises the generation; a member that sees
 * the new generation runs its share and writes that number to its own slot; the caller waits until all slots show it.
 *
 * <p>Who waits spins (about 30 us), then yields so that JIT threads and a crowded machine get on, then parks. Before it
 * parks it says so in its parked slot and looks once more; who signals looks at the parked slot after the signal. Both
 * sides use volatile access, so one of them sees the other.
 */
final class SpinTeam implements ThreadTeam {
    private static final int SPINS = 2000;
    private static final long PARK_AFTER_NANOS = 150_000;

    /** Longs between two slots: 128 bytes, a pair of cache lines, since prefetchers fetch pairs. */
    private static final int STRIDE = 16;

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int CLOSED = 2;

    private final int size;
    private final Thread[] threads;
    private final @Nullable Throwable[] errors;
    /** Slot m: the last generation member m finished; member 0's is the generation itself. */
    private final long[] finished;
    /** Slot m: 1 while member m is parked or about to be. */
    private final long[] parked;

    private final AtomicInteger phase = new AtomicInteger(IDLE);
    private @Nullable Region region;
    private @Nullable Thread caller;

    SpinTeam(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a team has 1 member or more, not " + size);
        }
        this.size = size;
        this.errors = new Throwable[size];
        this.finished = new long[(size + 1) * STRIDE];
        this.parked = new long[(size + 1) * STRIDE];
        this.threads = new Thread[size];
        for (int m = 1; m < size; m++) {
            int member = m;
            threads[m] =
                    Thread.ofPlatform().daemon(true).name("sluice-team-" + m).unstarted(() -> serve(member));
        }
        start();
    }

    private void start() {
        try {
            for (int m = 1; m < size; m++) {
                threads[m].start();
            }
        } catch (OutOfMemoryError e) {
            close();
            throw e;
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void run(Region work) {
        if (!phase.compareAndSet(IDLE, RUNNING)) {
            throw new IllegalStateException(
                    phase.get() == CLOSED
                            ? "the thread team is closed"
                            : "the thread team runs a region already; only one thread may use it at a time");
        }
        caller = Thread.currentThread();
        try {
            long generation = finished[slot(0)] + 1;
            region = work;
            signal(generation);
            share(work, 0);
            for (int m = 1; m < size; m++) {
                await(m, generation, 0);
            }
        } finally {
            region = null;
            caller = null;
            phase.set(IDLE);
        }
        rethrow();
    }

    /** Publishes the generation and everything written before it. */
    private void signal(long generation) {
        SLOT.setVolatile(finished, slot(0), generation);
        for (int m = 1; m < size; m++) {
            wake(m, threads[m]);
        }
    }

    private void serve(int member) {
        long generation = 0;
        while (true) {
            generation++;
            await(0, generation, member);
            Region work = region;
            Thread waiting = caller;
            if (work == null || waiting == null) {
                return;
            }
            share(work, member);
            SLOT.setVolatile(finished, slot(member), generation);
            wake(0, waiting);
        }
    }

    private void share(Region work, int member) {
        try {
            work.run(member, size);
        } catch (Throwable e) {
            errors[member] = e;
        }
    }

    private void wake(int member, Thread thread) {
        if ((long) SLOT.getVolatile(parked, slot(member)) != 0) {
            LockSupport.unpark(thread);
        }
    }

    /** Waits, as member {@code self}, until {@code member} has reached the generation. */
    private void await(int member, long generation, int self) {
        for (int i = 0; i < SPINS; i++) {
            if (reached(member, generation)) {
                return;
            }
            Thread.onSpinWait();
        }
        long start = System.nanoTime();
        while (System.nanoTime() - start < PARK_AFTER_NANOS) {
            if (reached(member, generation)) {
                return;
            }
            Thread.yield();
        }
        SLOT.setVolatile(parked, slot(self), 1L);
        while (!reached(member, generation)) {
            LockSupport.park(this);
        }
        SLOT.setVolatile(parked, slot(self), 0L);
    }

    private boolean reached(int member, long generation) {
        return (long) SLOT.getVolatile(finished, slot(member)) >= generation;
    }

    private static int slot(int member) {
        return (member + 1) * STRIDE;
    }

    private void rethrow() {
        Throwable first = null;
        for (int m = 0; m < size; m++) {
            Throwable error = errors[m];
            errors[m] = null;
            if (first == null) {
                first = error;
            } else if (error != null && error != first) {
                first.addSuppressed(error);
            }
        }
        switch (first) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("a region threw a checked exception", first);
        }
    }

    @Override
    public void close() {
        while (!phase.compareAndSet(IDLE, CLOSED)) {
            if (phase.get() == CLOSED) {
                return;
            }
            if (isMember(Thread.currentThread())) {
                throw new IllegalStateException("a region cannot close the team that runs it");
            }
            Thread.yield();
        }
        signal(finished[slot(0)] + 1);
        boolean interrupted = false;
        for (int m = 1; m < size; m++) {
            interrupted |= join(threads[m]);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isMember(Thread thread) {
        for (int m = 1; m < size; m++) {
            if (threads[m] == thread) {
                return true;
            }
        }
        return caller == thread;
    }

    private static boolean join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
