package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.scalar.ScalarExp;

/**
 * Where {@link VectorAttention} keeps what of a block of queries in its scratch; {@link Attention#scratch} covers it.
 * Queries and outputs lie in tiles of {@link #TILE} queries, a tile in pieces of {@link Panel#SIDE} elements, a piece
 * query by query, which is what {@link AttentionTile} multiplies. So do the scores of a tile, one piece.
 */
final class AttentionBlock {
    /** Queries that share a panel. */
    static final int QUERIES = 64;

    /** Queries that are multiplied at a time. */
    static final int TILE = 8;

    private static final int SIDE = Panel.SIDE;

    /** Bytes of a piece of a tile. */
    static final long PIECE = 4L * TILE * SIDE;

    /** Bytes from the start: the panel, a piece of zeros, scores, and for each query its maximum, sum and position. */
    private static final long ZEROS = 4L * Panel.SIZE;

    private static final long SCORES = ZEROS + PIECE;
    private static final long MAXIMA = SCORES + 4L * QUERIES * SIDE;
    private static final long SUMS = MAXIMA + 4L * QUERIES;
    private static final long POSITIONS = SUMS + 4L * QUERIES;
    private static final long TILES = POSITIONS + 8L * QUERIES;

    private AttentionBlock() {}

    /** Floats in all; see {@link Attention#scratch}. */
    static long size(int dim) {
        return (TILES + 2 * QUERIES / TILE * PIECE * pieces(dim)) / 4;
    }

    /** Pieces of {@code dim} elements. */
    static int pieces(int dim) {
        return (dim + SIDE - 1) / SIDE;
    }

    static long panel(long scratch) {
        return scratch;
    }

    static long zeros(long scratch) {
        return scratch + ZEROS;
    }

    /** Scores of a tile, then weights. */
    static long scores(long scratch, int tile) {
        return scratch + SCORES + tile * PIECE;
    }

    /** A piece of the queries of a tile. */
    static long queries(long scratch, int dim, int tile, int piece) {
        return scratch + TILES + (tile * pieces(dim) + piece) * PIECE;
    }

    /** A piece of the outputs of a tile. */
    static long outputs(long scratch, int dim, int tile, int piece) {
        return queries(scratch, dim, QUERIES / TILE + tile, piece);
    }

    /** Rows of a tile that no query fills are zero, so that nothing computed from them is a slow number. */
    static void clear(long scratch, int dim, int queries) {
        int tiles = (queries + TILE - 1) / TILE;
        Elements.clear(zeros(scratch), TILE * SIDE);
        Elements.clear(queries(scratch, dim, tiles - 1, 0), pieces(dim) * TILE * SIDE);
        Elements.clear(outputs(scratch, dim, 0, 0), tiles * pieces(dim) * TILE * SIDE);
    }

    /** Puts a query in its place. */
    static void begin(long scratch, int i, long query, int position, int dim) {
        Lanes.set(scratch + MAXIMA + 4L * i, Float.NEGATIVE_INFINITY);
        Lanes.set(scratch + SUMS + 4L * i, 0);
        MEMORY.set(JAVA_LONG_UNALIGNED, scratch + POSITIONS + 8L * i, position);
        for (int from = 0; from < dim; from += SIDE) {
            long to = queries(scratch, dim, i / TILE, from / SIDE) + 4L * SIDE * (i % TILE);
            Lanes.copy(query + 4L * from, to, Math.min(SIDE, dim - from));
        }
    }

    /** Writes the output of a query, divided by the sum of its weights. */
    static void end(long scratch, int i, long output, int dim) {
        scale(scratch, i, 1 / Lanes.get(scratch + SUMS + 4L * i), dim);
        for (int from = 0; from < dim; from += SIDE) {
            Lanes.copy(output(scratch, i, dim, from / SIDE), output + 4L * from, Math.min(SIDE, dim - from));
        }
    }

    /** A piece of one output. */
    static long output(long scratch, int i, int dim, int piece) {
        return outputs(scratch, dim, i / TILE, piece) + 4L * SIDE * (i % TILE);
    }

    private static void scale(long scratch, int i, float factor, int dim) {
        for (int piece = 0; piece < pieces(dim); piece++) {
            Elements.scale(output(scratch, i, dim, piece), factor, SIDE);
        }
    }

    /** The weights of one query. */
    static long weights(long scratch, int i) {
        return scores(scratch, i / TILE) + 4L * SIDE * (i % TILE);
    }

    /**
     * Turns the scores of one query with a page into weights and moves its maximum, sum and output to the new maximum.
     *
     * @param keys of the page that it sees, 1 or more
     */
    static void softmax(long scratch, int i, int keys, float scale, int dim) {
        long s = weights(scratch, i);
        for (int key = keys; key < SIDE; key++) {
            Lanes.set(s + 4L * key, Float.NEGATIVE_INFINITY);
        }
        float before = Lanes.get(scratch + MAXIMA + 4L * i);
        float now = Math.max(before, Elements.scaleAndMax(s, scale, SIDE));
        Exp.shifted(s, SIDE, now);
        float shrink = now == before ? 1 : ScalarExp.exp(before - now);
        long sum = scratch + SUMS + 4L * i;
        Lanes.set(scratch + MAXIMA + 4L * i, now);
        Lanes.set(sum, Math.fma(Lanes.get(sum), shrink, Sums.sum(s, SIDE)));
        if (shrink != 1) {
            scale(scratch, i, shrink, dim);
        }
    }

    /** Keys of page {@code index} that the query sees; 0 or less when it comes before. */
    static int visible(long scratch, int i, int index) {
        return Math.min(KvPages.PAGE, position(scratch, i) + 1 - index * KvPages.PAGE);
    }

    static int position(long scratch, int i) {
        return (int) MEMORY.get(JAVA_LONG_UNALIGNED, scratch + POSITIONS + 8L * i);
    }
}
