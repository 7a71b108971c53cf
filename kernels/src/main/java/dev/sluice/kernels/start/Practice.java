package dev.sluice.kernels.start;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Products of zeros in memory of our own, of one form and way, that get the vector kernel compiled and timed, in the thread
 * that loaded it: an interpreted one takes up to 20 ms, and in the threads of a story its tokens 40 to 80 took 1.1 s. A
 * product that allocated is none to win by: part of its code was not compiled, however fast it was.
 */
final class Practice {
    /** A tile and two rows; four rows and three: whatever a kernel does with rows that remain is compiled too. */
    private static final int ROWS = 7;

    /** So few that a kernel is called often and compiled as a whole, not from the middle of a loop; in whole groups. */
    private static final int COLS = 1024;

    /** A whole panel and a part of one, so that sums are continued, too; in whole groups. */
    private static final int COLS_OF_SOME = 2048 + 128;

    /** With more tokens they pass in groups of four, two and one. */
    private static final int FEW = 4;

    /** Four tokens, two and one. */
    private static final int SOME = 7;

    /** More than a panel of tokens, and rows of a whole tile and of a part; few columns, for what it is interpreted. */
    private static final int MANY = MatMul.MANY + 14;

    private static final int ROWS_OF_MANY = MatMul.GRAIN + 1;
    private static final int COLS_OF_MANY = 128;

    /** Products after which one that allocates counts, too: compiled by then, with a box that C2 has left. */
    private static final int PATIENCE = 20_000;

    private final VectorTier tier;
    private final Contest contest;
    private final AtomicBoolean begun = new AtomicBoolean();

    private record Product(Matrix w, int tokens, Rows x, Rows y, F32 scratch) {}

    Practice(VectorTier tier, Contest contest) {
        this.tier = tier;
        this.contest = contest;
    }

    /**
     * Has the vector kernel practised in the background, once, as soon as it is loaded.
     *
     * @param like a matrix of the form
     * @param tokens of the way
     */
    void ask(Matrix like, int tokens) {
        if (tier.kernels() != null && begun.compareAndSet(false, true)) {
            tier.inBackground(() -> run(product(like, tokens <= FEW ? tokens : tokens < MatMul.MANY ? SOME : MANY)));
        }
    }

    private void run(Product p) {
        MatMul kernel = tier.loaded().matMul();
        int allocating = 0;
        while (!contest.won()) {
            long before = Allocated.bytes();
            long start = System.nanoTime();
            kernel.multiply(p.w, p.x, 0, p.y, 0, p.tokens, 0, p.w.rows(), p.scratch);
            long nanos = System.nanoTime() - start;
            if (Allocated.bytes() == before || ++allocating > PATIENCE) {
                contest.vector(nanos, (long) p.tokens * p.w.rows() * p.w.cols());
            } else {
                LockSupport.parkNanos(nanos); // two cores have tokens and the JIT to compute as well
            }
        }
    }

    /** Memory that goes with the last reference: a few rows, and scratch of 3 to 7 MB. */
    private static Product product(Matrix like, int tokens) {
        Arena arena = Arena.ofAuto();
        int rows = tokens == MANY ? ROWS_OF_MANY : ROWS;
        int cols = Math.min(like.cols(), tokens == MANY ? COLS_OF_MANY : tokens == SOME ? COLS_OF_SOME : COLS);
        Matrix w = switch (like) {
            case Matrix.Dense dense ->
                new Matrix.Dense(
                        dense.type(), rows, cols, arena.allocate(dense.type().bytes((long) rows * cols)));
            case Matrix.Fp8Blocks _ ->
                new Matrix.Fp8Blocks(
                        rows,
                        cols,
                        arena.allocate((long) rows * cols),
                        F32.allocate(arena, Matrix.Fp8Blocks.blocks(cols)));
            case Matrix.AffineGroups groups -> {
                MemorySegment scales = arena.allocate(groups.scaleType().bytes((long) rows * cols / groups.group()));
                yield new Matrix.AffineGroups(
                        rows,
                        cols,
                        groups.bits(),
                        groups.group(),
                        arena.allocate((long) rows * cols * groups.bits() / 8),
                        groups.scaleType(),
                        scales,
                        scales);
            }
        };
        return new Product(
                w,
                tokens,
                Rows.allocate(arena, tokens, cols),
                Rows.allocate(arena, tokens, rows),
                F32.allocate(arena, MatMul.scratch(cols)));
    }
}
