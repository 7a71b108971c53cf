package dev.sluice.kernels.vector;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.KvPages;

/**
 * The pages of {@link VectorAttention} for one token. Few queries share a key, so that a widened copy is not worth making
 * and memory decides: keys and values are multiplied where they lie, in order of their addresses, and hints go out
 * between short multiplications.
 */
final class Decoding {
    private static final int PAGE = KvPages.PAGE;
    private static final int SIDE = Panel.SIDE;

    /** Bytes from the keys of one element to those of the next. */
    private static final int KEYS = 2 * PAGE;

    /** Rows of keys or values of a multiplication: {@link #SIDE} columns of them are the 1 KiB of a call for hints. */
    private static final int STEPS = 8;

    private static final int HINT = 2 * SIDE * STEPS;

    private Decoding() {}

    /** Whether a head of {@code dim} can be done here; the bits are the same. */
    static boolean fits(Dtype type, int dim, int tokens, int heads) {
        return type == Dtype.BF16 && dim % SIDE == 0 && tokens == 1 && heads <= AttentionBlock.TILE;
    }

    /** Attends with the queries of {@code scratch}, all at one position. */
    static void block(KvPages kv, int kvHead, int queries, float scale, long scratch) {
        int dim = kv.headDim();
        int last = AttentionBlock.position(scratch, 0) / PAGE;
        for (int index = 0; index <= last; index++) {
            long page = kv.page(index).address();
            long values = page + kv.valueOffset(kvHead, 0);
            long next = kv.page(Math.min(index + 1, last)).address() + kv.keyOffset(kvHead, 0, 0);
            int keys = AttentionBlock.visible(scratch, 0, index);
            scores(page + kv.keyOffset(kvHead, 0, 0), values, scratch, queries, dim);
            for (int i = 0; i < queries; i++) {
                PairTile.inOrder(AttentionBlock.weights(scratch, i), SIDE);
                AttentionBlock.softmax(scratch, i, keys, scale, dim);
            }
            values(values, next, scratch, queries, dim, keys);
        }
        for (int i = 0; i < queries; i++) {
            for (int piece = 0; piece < AttentionBlock.pieces(dim); piece++) {
                PairTile.inOrder(AttentionBlock.output(scratch, i, dim, piece), SIDE);
            }
        }
    }

    private static void scores(long k, long next, long scratch, int queries, int dim) {
        long s = AttentionBlock.scores(scratch, 0);
        Elements.clear(s, AttentionBlock.TILE * SIDE);
        for (int from = 0; from < dim; from += STEPS) {
            hint(next, KEYS * from, dim);
            int piece = from / SIDE;
            int step = from % SIDE;
            long q = AttentionBlock.queries(scratch, dim, 0, piece);
            long keys = k + (long) KEYS * SIDE * piece;
            PairTile.multiply(queries, q, keys, KEYS, step, step + STEPS, s);
        }
    }

    private static void values(long v, long next, long scratch, int queries, int dim, int keys) {
        long weights = AttentionBlock.scores(scratch, 0);
        for (int from = 0; from < keys; from += STEPS) {
            int to = Math.min(keys, from + STEPS);
            for (int piece = 0; piece < dim / SIDE; piece++) {
                hint(next, 2 * dim * from + HINT * piece, dim);
                long o = AttentionBlock.outputs(scratch, dim, 0, piece);
                PairTile.multiply(queries, weights, v + 2L * SIDE * piece, 2 * dim, from, to, o);
            }
        }
    }

    /**
     * Asks for a part of what comes next, the keys or the values of a page, while {@link #HINT} bytes from {@code done} of
     * what is there now are multiplied. It is asked for in quarters side by side: two threads read 26.1 GB/s so and
     * 19.5 with hints in one row, 8 KiB ahead.
     */
    private static void hint(long next, int done, int dim) {
        Prefetch.sixteen(next + done / 4, 2L * PAGE * dim / 4);
    }
}
