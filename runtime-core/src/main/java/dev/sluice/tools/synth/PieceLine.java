package dev.sluice.tools.synth;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes pieces on all processors and hands them on in order: FP8 and affine codes take a processor longer to draw than a
 * disk to write. One thread's; closing waits for what is being made.
 */
final class PieceLine implements AutoCloseable {
    /** Bytes of the longest piece. */
    static final int PIECE = 1 << 22;

    /** Memory for buffers is bounded, and no disk keeps up with more. */
    private static final int MOST_THREADS = 16;

    private final Arena arena = Arena.ofShared();
    private final ExecutorService threads;
    private final Deque<MemorySegment> free = new ArrayDeque<>();
    private final Queue<Made> line = new ArrayDeque<>();
    private final Pieces out;

    private record Made(Future<MemorySegment> piece, MemorySegment buffer) {}

    /** Fills the beginning of a buffer of {@link #PIECE} bytes and returns it; on any thread. */
    @FunctionalInterface
    interface Maker {
        MemorySegment make(MemorySegment buffer);
    }

    /** @param out takes the pieces, on the thread that adds them; each is valid during the call only */
    PieceLine(Pieces out) {
        this.out = out;
        int count = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS);
        threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().name("sluice-synth-", 0).daemon().factory());
        for (int i = 0; i < 2 * count; i++) {
            free.add(arena.allocate(PIECE, Long.BYTES));
        }
    }

    /** Adds a piece behind all others, and hands on the first one when no buffer is left. */
    void add(Maker maker) throws IOException {
        if (free.isEmpty()) {
            handOn();
        }
        MemorySegment buffer = free.remove();
        line.add(new Made(threads.submit(() -> maker.make(buffer)), buffer));
    }

    /** Hands on all that is left. */
    void finish() throws IOException {
        while (!line.isEmpty()) {
            handOn();
        }
    }

    private void handOn() throws IOException {
        Made first = line.remove();
        out.write(await(first.piece()));
        free.add(first.buffer());
    }

    private static MemorySegment await(Future<MemorySegment> piece) {
        try {
            return piece.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a piece could not be made", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a piece was made", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
        arena.close();
    }
}
