package dev.sluice.kernels.start;

import dev.sluice.kernels.Kernels;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The vector kernels, made by a thread of their own once the scalar ones have worked for a while: loading the Vector API
 * takes 0.2 s, as long as the first tokens of a small model. They practise in that thread, too.
 */
final class VectorTier {
    /**
     * Work of all threads until the vector kernels are loaded, in nanoseconds: 200 tokens of a small model, whose story is
     * told sooner than vector code is compiled.
     */
    static final long GRACE = 2_000_000_000;

    /** Multiply-adds of a product that does not wait for that, 20 ms of a scalar kernel: its model is no small one. */
    private static final long LARGE = 16_000_000;

    private final ThreadPoolExecutor background = background();
    private final Supplier<Kernels> source;
    private final long grace;
    private final LongAdder worked = new LongAdder();
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile long loadedAt;
    private volatile @Nullable Kernels kernels;

    VectorTier(Supplier<Kernels> source, long grace) {
        this.source = source;
        this.grace = grace;
    }

    private static ThreadPoolExecutor background() {
        ThreadPoolExecutor one = new ThreadPoolExecutor(
                1,
                1,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("sluice-vectors").factory());
        one.allowCoreThreadTimeOut(true);
        return one;
    }

    /** Takes note of work by scalar kernels. */
    void worked(long nanos) {
        worked.add(nanos);
    }

    /** Has the vector kernels loaded at once when a product is so large that it will not be over before. */
    void begins(long multiplyAdds) {
        if (multiplyAdds >= LARGE && grace < Long.MAX_VALUE) {
            worked(grace);
        }
    }

    /** The kernels, or null as long as they are not loaded; whoever asks first after the grace has them loaded. */
    @Nullable
    Kernels kernels() {
        Kernels loaded = kernels;
        if (loaded == null && worked.sum() >= grace && begun.compareAndSet(false, true)) {
            inBackground(this::load);
        }
        return loaded;
    }

    /** Has something done after all that was asked for before, in a thread that ends when there is no more. */
    void inBackground(Runnable task) {
        background.execute(task);
    }

    private void load() {
        Allocated.bytes(); // loads its classes here, too
        Kernels made = source.get();
        loadedAt = System.nanoTime();
        kernels = made;
    }

    /** Time that each contest may give to kernels which are loaded, whatever the scalar ones take, in nanoseconds. */
    long allowance() {
        return (System.nanoTime() - loadedAt) / 100;
    }

    /** The kernels of a tier that has been won by, so that they are loaded. */
    Kernels loaded() {
        Kernels loaded = kernels;
        if (loaded == null) {
            throw new IllegalStateException("the vector kernels are not loaded yet");
        }
        return loaded;
    }
}
