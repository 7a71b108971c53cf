package dev.sluice.kernels;

import java.util.Objects;

/**
 * {@code y[t, r] = sum_k w[r, k] * x[t, k]}: matrix-vector, small batches and matrix-matrix alike.
 *
 * <p><b>Order of the sum.</b> The columns are cut into {@link #part parts}, and these into strips of two vectors. In a part a
 * (row, token) has one accumulator of one vector: lane {@code l} takes the columns {@code 2l} and {@code 2l + 1} of each strip,
 * ascending, each by one fused multiply-add; the lanes are then added by one fixed tree of halves ({@code l} and
 * {@code l + lanes / 2}, then {@code l} and {@code l + lanes / 4}, and so on). The sums of the parts are added, ascending; the
 * columns after the last whole strip follow one by one, ascending, by fused multiply-add. It depends on the number of columns
 * and the vector width, never on form, tokens, rows or threads: one token gives the same bits alone and in a batch. Pairs,
 * because codes of 4, 8 and 16 bits come apart as even and odd columns; one vector, because every lane costs: an addition for
 * one token, and a pass over the sums of a tile for many; parts, because a lane's columns of 64 rows and 48 tokens must stay in
 * L1 (prompts of FP8 with 6144 columns, two threads: 48 % of the multiply-adds in one piece, 60 in parts; parts of 2048: 53).
 */
public interface MatMul {
    /**
     * Computes rows {@code [from, to)} of the product for {@code tokens} vectors.
     *
     * @param w {@code [rows, cols]}
     * @param x row {@code xFirst + t} is vector {@code t}, {@code cols} floats
     * @param y row {@code yFirst + t} receives results; element {@code r} of it is row {@code r} of the product
     * @param scratch the calling thread's own, from {@link #scratch}; holds unpacked weights when there are many
     *     tokens
     */
    void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch);

    /**
     * {@link #multiply} that may keep the packed vectors in its scratch for the next product with them.
     *
     * @param vectors names the vectors: products in a row, with the same scratch, that name the same must have the same
     *     {@code x}, {@code xFirst}, tokens and columns, with the same numbers in them. Names are not used again.
     */
    default void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
    }

    /**
     * Says that rows {@code [from, to)} of {@code w} come after the next product that is computed with this scratch, so
     * that it may ask for their beginnings while it ends. No result depends on it.
     */
    default void expect(Matrix w, int from, int to, F32 scratch) {}

    /** Writes row {@code row} of {@code w}, widened to f32, to {@code y[at ..]} (embedding lookup, tests). */
    void row(Matrix w, int row, F32 y, long at);

    /** Tokens from which rows are computed in tiles of {@link #GRAIN}: what is cut should be cut at multiples of it. */
    int MANY = 40;

    /** Rows that are computed together when there are {@link #MANY} tokens. */
    int GRAIN = 64;

    /** Columns of a part of a sum: as many in each as go, but for rounding, at most 1024; whole blocks and groups of codes. */
    static int part(int cols) {
        int parts = Math.max(1, (cols + PART - 1) / PART);
        int round = parts * Matrix.Fp8Blocks.BLOCK;
        return (cols + round - 1) / round * Matrix.Fp8Blocks.BLOCK;
    }

    /** Columns of a part at most. */
    int PART = 1024;

    /**
     * Most tokens of a product that are computed together: with more, weights are unpacked again for each block. Whole panels
     * of 48, eleven of them for a prompt's 512, and packed vectors of up to 14 MB.
     */
    static int block(int cols) {
        return Math.clamp((13L << 18) / Math.max(1, cols), 48, 528) / 48 * 48;
    }

    /**
     * Floats of scratch that one thread needs for matrices of up to {@code cols} columns: what the hungriest kernel takes,
     * most of it for a block of packed tokens.
     */
    static long scratch(int cols) {
        return 120L * cols + 64 * 1024 + 300L * part(cols) + (cols + cols / 8 + 160L) * block(cols);
    }

    /** Throws unless every operand of {@link #multiply} is alive and holds what the call will touch. */
    static void check(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        Objects.checkFromToIndex(from, to, w.rows());
        x.check(xFirst, tokens, w.cols());
        y.check(yFirst, tokens, from, to - from);
        scratch.check(0, scratch(w.cols()));
        requireAlive(w);
    }

    /** Throws unless both operands of {@link #row} are alive and hold what the call will touch. */
    static void checkRow(Matrix w, int row, F32 y, long at) {
        Objects.checkIndex(row, w.rows());
        y.check(at, w.cols());
        requireAlive(w);
    }

    private static void requireAlive(Matrix w) {
        if (!w.data().scope().isAlive()) {
            throw new IllegalStateException("the memory of this matrix is closed: " + w);
        }
    }
}
