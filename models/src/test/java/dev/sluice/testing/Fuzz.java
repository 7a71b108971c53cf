package dev.sluice.testing;

import com.sun.management.ThreadMXBean;
import dev.sluice.error.SluiceException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a reader with damaged inputs: it may accept one or refuse it with a {@link SluiceException}, in bounded time,
 * stack and memory; anything else is a finding. Input {@code i} of a seed depends on nothing but those two numbers, and
 * {@code -Dsluice.fuzz=NAME:SEED:INDEX} runs that one alone.
 *
 * @param <T> an input
 */
public final class Fuzz<T> {
    /** Reads an input; must not keep it. */
    public interface Reader<T> {
        void read(T input) throws Exception;
    }

    /** Half of the smallest default stack of a platform. */
    private static final long STACK = 512 << 10;
    /** Processor time of one input, where not said otherwise. */
    private static final long CPU_NANOS = 1_000_000_000;
    /** An input that has not ended by then is reported while it runs. */
    private static final long HANG_NANOS = 200_000_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final String name;
    private final Function<SplittableRandom, T> inputs;
    private final Function<T, Boolean> firstCheck;
    private final Reader<T> reader;
    private final long maxBytes;
    private final long maxCpu;

    private long seed;
    private volatile int index;
    private volatile long started;
    private volatile @Nullable Throwable finding;
    private int passed;
    private int accepted;
    private long slowest;
    private long largest;

    /**
     * @param inputs makes an input
     * @param firstCheck whether an input has the outer form of what is read; must not use the reader under test
     * @param maxBytes heap that the reader may allocate for one input
     */
    public Fuzz(
            String name,
            Function<SplittableRandom, T> inputs,
            Function<T, Boolean> firstCheck,
            Reader<T> reader,
            long maxBytes) {
        this(name, inputs, firstCheck, reader, maxBytes, CPU_NANOS);
    }

    /** As above with another limit of processor time. */
    public Fuzz(
            String name,
            Function<SplittableRandom, T> inputs,
            Function<T, Boolean> firstCheck,
            Reader<T> reader,
            long maxBytes,
            long maxCpu) {
        this.name = name;
        this.inputs = inputs;
        this.firstCheck = firstCheck;
        this.reader = reader;
        this.maxBytes = maxBytes;
        this.maxCpu = maxCpu;
    }

    /** Reads {@code count} inputs; fails on the first finding, and unless half of them pass the first check. */
    public void run(long seed, int count) {
        String replay = System.getProperty("sluice.fuzz");
        if (replay == null) {
            readAll(seed, 0, count);
            if (2 * passed < count) {
                throw new AssertionError(name + ": only " + passed + " of " + count + " passed the first check");
            }
            if (accepted == 0 || accepted == count) {
                throw new AssertionError(name + ": " + accepted + " of " + count + " accepted; the damage is no test");
            }
        } else if (replay.startsWith(name + ":")) {
            String[] parts = replay.split(":");
            readAll(Long.parseLong(parts[1]), Integer.parseInt(parts[2]), 1);
        }
    }

    private void readAll(long seed, int first, int count) {
        this.seed = seed;
        started = System.nanoTime();
        Thread worker = Thread.ofPlatform().daemon().stackSize(STACK).start(() -> loop(first, count));
        while (worker.isAlive() && System.nanoTime() - started < HANG_NANOS) {
            join(worker);
        }
        if (worker.isAlive()) {
            throw found(
                    "still running",
                    Arrays.stream(worker.getStackTrace())
                            .map(frame -> "\n    at " + frame)
                            .collect(Collectors.joining()));
        }
        Throwable thrown = finding;
        if (thrown != null) {
            AssertionError error = found(thrown.toString(), "");
            error.initCause(thrown);
            throw error;
        }
    }

    private static void join(Thread worker) {
        try {
            worker.join(200);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private AssertionError found(String what, String where) {
        return new AssertionError(name + ", seed " + seed + ", index " + index + ": " + what + "; run it alone with"
                + " -Dsluice.fuzz=" + name + ":" + seed + ":" + index + where);
    }

    private void loop(int first, int count) {
        try {
            for (int i = first; i < first + count; i++) {
                index = i;
                started = System.nanoTime();
                T input = inputs.apply(new SplittableRandom(seed * 0x9E3779B97F4A7C15L + i));
                passed += firstCheck.apply(input) ? 1 : 0;
                measured(input);
            }
            System.out.printf(
                    "fuzz %s, seed %d: %,d of %,d inputs passed the first check, %,d were accepted; %.1f s of processor"
                            + " time, slowest %.0f ms, largest %.1f MB%n",
                    name,
                    seed,
                    passed,
                    count,
                    accepted,
                    threads.getCurrentThreadCpuTime() / 1e9,
                    slowest / 1e6,
                    largest / 1e6);
        } catch (Throwable e) { // whatever it is, it is the finding
            finding = e;
        }
    }

    /** Processor time, not time: the machine may be busy with something else. */
    private void measured(T input) throws Exception {
        long bytes = threads.getCurrentThreadAllocatedBytes();
        long start = threads.getCurrentThreadCpuTime();
        try {
            reader.read(input);
            accepted++;
        } catch (SluiceException e) {
            if (e.getMessage() == null || e.getMessage().length() > 20_000) {
                throw new AssertionError(
                        e.getMessage() == null
                                ? "no message"
                                : "a message of " + e.getMessage().length(),
                        e);
            }
        }
        long cpu = threads.getCurrentThreadCpuTime() - start;
        bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
        slowest = Math.max(slowest, cpu);
        largest = Math.max(largest, bytes);
        if (cpu > maxCpu) {
            throw new AssertionError("took " + cpu / 1_000_000 + " ms of processor time");
        }
        if (bytes > maxBytes) {
            throw new AssertionError("allocated " + bytes + " bytes");
        }
    }
}
