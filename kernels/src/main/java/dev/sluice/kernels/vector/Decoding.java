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
        int steps = PairTile.steps(queries);
        Elements.clear(s, AttentionBlock.TILE * SIDE);
        for (int from = 0; from < dim; from += steps) {
            int piece = from / SIDE;
            int step = from % SIDE;
            long q = AttentionBlock.queries(scratch, dim, 0, piece);
            long keys = k + (long) KEYS * SIDE * piece;
            long ahead = next + KEYS * from / 4;
            PairTile.multiply(queries, q, keys, KEYS, step, step + steps, s, ahead, quarter(dim));
        }
    }

    private static void values(long v, long next, long scratch, int queries, int dim, int keys) {
        long weights = AttentionBlock.scores(scratch, 0);
        int steps = PairTile.steps(queries);
        for (int from = 0; from < keys; from += steps) {
            int to = Math.min(keys, from + steps);
            for (int piece = 0; piece < dim / SIDE; piece++) {
                long ahead = next + (2 * dim * from + 2 * SIDE * steps * piece) / 4;
                long o = AttentionBlock.outputs(scratch, dim, 0, piece);
                PairTile.multiply(queries, weights, v + 2L * SIDE * piece, 2 * dim, from, to, o, ahead, quarter(dim));
            }
        }
    }

    /**
     * Bytes of a quarter of the keys or the values of a page. While one of the two is multiplied the next is asked for, its
     * quarters side by side: two threads read 26.1 GB/s so and 19.5 with hints in one row, 8 KiB ahead.
     */
    private static long quarter(int dim) {
        return 2L * PAGE * dim / 4;
    }
}
