package dev.sluice.kernels.start;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Products of zeros in memory of our own, of one form and way, that get the vector kernel compiled and timed. A product
 * that allocated is none to win by: part of its code was not compiled, however fast it was.
 */
final class Practice {
    /** A tile and two rows; four rows and three: whatever a kernel does with rows that remain is compiled too. */
    private static final int ROWS = 7;

    /** So few that a kernel is called often and compiled as a whole, not from the middle of a loop; in whole groups. */
    private static final int COLS = 1024;

    /** A whole panel and a part of one, so that sums are continued, too; in whole groups. */
    private static final int COLS_OF_MANY = 2048 + 128;

    /** Four tokens, two and one. */
    private static final int MANY = 7;

    private final AtomicBoolean busy = new AtomicBoolean();
    private @Nullable Product product;

    private record Product(Matrix w, int tokens, Rows x, Rows y, F32 scratch) {}

    /**
     * Multiplies once by {@code kernel} and tells the contest how long that took.
     *
     * @param like a matrix of the form
     * @param tokens of the way
     * @return false when another thread is at it
     */
    boolean once(MatMul kernel, Matrix like, int tokens, Contest contest) {
        if (!busy.compareAndSet(false, true)) {
            return false;
        }
        try {
            int count = Math.min(tokens, MANY);
            Product p = product;
            if (p == null || p.tokens < count) {
                p = product(like, count);
                product = p;
            }
            long before = Allocated.bytes();
            long start = System.nanoTime();
            kernel.multiply(p.w, p.x, 0, p.y, 0, count, 0, ROWS, p.scratch);
            long nanos = System.nanoTime() - start;
            contest.vector(nanos, Allocated.bytes() == before ? (long) count * ROWS * p.w.cols() : 0);
            if (contest.won()) {
                product = null;
            }
            return true;
        } finally {
            busy.set(false);
        }
    }

    /** Memory that goes with the last reference: a few rows, and scratch of 1.2 MB. */
    private static Product product(Matrix like, int tokens) {
        Arena arena = Arena.ofAuto();
        int cols = Math.min(like.cols(), tokens == MANY ? COLS_OF_MANY : COLS);
        Matrix w = switch (like) {
            case Matrix.Dense dense ->
                new Matrix.Dense(
                        dense.type(), ROWS, cols, arena.allocate(dense.type().bytes((long) ROWS * cols)));
            case Matrix.Fp8Blocks _ ->
                new Matrix.Fp8Blocks(
                        ROWS,
                        cols,
                        arena.allocate((long) ROWS * cols),
                        F32.allocate(arena, Matrix.Fp8Blocks.blocks(cols)));
            case Matrix.AffineGroups groups -> {
                MemorySegment scales = arena.allocate(groups.scaleType().bytes((long) ROWS * cols / groups.group()));
                yield new Matrix.AffineGroups(
                        ROWS,
                        cols,
                        groups.bits(),
                        groups.group(),
                        arena.allocate((long) ROWS * cols * groups.bits() / 8),
                        groups.scaleType(),
                        scales,
                        scales);
            }
        };
        return new Product(
                w,
                tokens,
                Rows.allocate(arena, tokens, cols),
                Rows.allocate(arena, tokens, ROWS),
                F32.allocate(arena, MatMul.scratch(cols)));
    }
}
