package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.AttentionBlock.TILE;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Rows;

/**
 * {@link Attention}. Queries are pairs (token, head), numbered token by token. Blocks of {@link AttentionBlock#QUERIES}
 * pass over the pages together, in tiles; the heads of one token go through {@link Decoding}. Both add in the same order,
 * and every query keeps its own maximum, sum and output, so its bits do not depend on its neighbours.
 */
public final class VectorAttention implements Attention {
    private static final int PAGE = KvPages.PAGE;
    private static final int SIDE = Panel.SIDE;
    private static final long NOTHING = AttentionTile.NOTHING;

    @Override
    public void store(KvPages kv, int kvHead, int position, F32 k, long kAt, F32 v, long vAt) {
        kv.check(kvHead, position, 1);
        int dim = kv.headDim();
        k.check(kAt, dim);
        v.check(vAt, dim);
        int token = position % PAGE;
        Dtype type = kv.type();
        long page = kv.page(position / PAGE).address();
        long key = page + kv.keyOffset(kvHead, token, 0);
        long value = page + kv.valueOffset(kvHead, token);
        long fromKey = k.address() + 4 * kAt;
        long fromValue = v.address() + 4 * vAt;
        for (int i = 0; i < dim; i++) {
            Panel.set(type, key + type.bytes((long) PAGE * i), Lanes.get(fromKey + 4L * i));
            Panel.set(type, value + type.bytes(i), Lanes.get(fromValue + 4L * i));
        }
    }

    @Override
    public void attend(
            KvPages kv,
            int kvHead,
            Rows q,
            int qHeadStride,
            Rows o,
            int first,
            int tokens,
            int headFrom,
            int heads,
            int position,
            float scale,
            F32 scratch) {
        int dim = kv.headDim();
        kv.check(kvHead, position, tokens);
        q.check(first, tokens, (headFrom + heads - 1) * qHeadStride + dim);
        o.check(first, tokens, (headFrom + heads) * dim);
        scratch.check(0, Attention.scratch(dim));
        long at = scratch.address();
        for (int from = 0; from < tokens * heads; from += AttentionBlock.QUERIES) {
            int queries = Math.min(AttentionBlock.QUERIES, tokens * heads - from);
            AttentionBlock.clear(at, dim, queries);
            for (int i = 0; i < queries; i++) {
                int token = (from + i) / heads;
                int head = headFrom + (from + i) % heads;
                long query = q.data().address() + 4 * (q.row(first + token) + (long) head * qHeadStride);
                AttentionBlock.begin(at, i, query, position + token, dim);
            }
            if (Decoding.fits(kv.type(), dim, tokens, heads)) {
                Decoding.block(kv, kvHead, queries, scale, at);
            } else {
                block(kv, kvHead, queries, scale, at);
            }
            for (int i = 0; i < queries; i++) {
                int token = (from + i) / heads;
                int head = headFrom + (from + i) % heads;
                long output = o.data().address() + 4 * (o.row(first + token) + (long) head * dim);
                AttentionBlock.end(at, i, output, dim);
            }
        }
    }

    /**
     * Positions rise from query to query, so the last one sees the most pages and the first of a tile the fewest keys.
     * While keys are read their values are asked for, and the next keys while values are read. One tile, which memory
     * decides: eight heads of 128 read 9.8 GB/s without hints and 13.3 with, of 31.9. 64 queries at a depth of 16,384, whose
     * pages come from L3, one thread: 45 % of the peak without, 54 with.
     */
    private static void block(KvPages kv, int kvHead, int queries, float scale, long scratch) {
        int dim = kv.headDim();
        int pages = AttentionBlock.position(scratch, queries - 1) / PAGE + 1;
        for (int index = 0; index < pages; index++) {
            long page = kv.page(index).address();
            long k = page + kv.keyOffset(kvHead, 0, 0);
            long v = page + kv.valueOffset(kvHead, 0);
            long next = index + 1 < pages ? kv.page(index + 1).address() + kv.keyOffset(kvHead, 0, 0) : NOTHING;
            scores(kv.type(), k, scratch, queries, dim, index, v);
            for (int i = 0; i < queries; i++) {
                int keys = AttentionBlock.visible(scratch, i, index);
                if (keys > 0) {
                    AttentionBlock.softmax(scratch, i, keys, scale, dim);
                }
            }
            values(kv.type(), v, scratch, queries, dim, index, next);
        }
    }

    /**
     * Asks for what of a piece of {@code bytes} to come is not asked for between multiplications: the first half where one
     * tile is all, nothing else.
     *
     * @return where tiles begin to ask, each for its {@link #part}
     */
    private static long ask(long next, long at, long bytes, int queries) {
        if (next == NOTHING || queries > TILE) {
            return next == NOTHING ? NOTHING : next + at;
        }
        Prefetch.lines(next + at, 0, bytes / 2, 1);
        return next + at + bytes / 2;
    }

    /** Bytes of a piece that a tile asks for. */
    private static long part(long next, long bytes, int queries) {
        return next == NOTHING ? 0 : queries <= TILE ? bytes / 2 : bytes * TILE / queries;
    }

    private static void scores(Dtype type, long k, long scratch, int queries, int dim, int index, long next) {
        long panel = AttentionBlock.panel(scratch);
        int seen = AttentionBlock.visible(scratch, queries - 1, index);
        for (int from = 0; from < dim; from += SIDE) {
            int steps = Math.min(SIDE, dim - from);
            long bytes = type.bytes((long) PAGE * steps);
            long ahead = ask(next, type.bytes((long) PAGE * from), bytes, queries);
            long part = part(next, bytes, queries);
            Panel.fill(type, k + type.bytes((long) PAGE * from), type.bytes(PAGE), steps, Panel.whole(seen), panel);
            for (int i = 0; i < queries; i += TILE) {
                int rows = Math.min(TILE, queries - i);
                int keys = AttentionBlock.visible(scratch, i + rows - 1, index);
                if (keys > 0) {
                    long s = AttentionBlock.scores(scratch, i / TILE);
                    long start = from == 0 ? AttentionBlock.zeros(scratch) : s;
                    long q = AttentionBlock.queries(scratch, dim, i / TILE, from / SIDE);
                    AttentionTile.multiply(rows, q, panel, 0, steps, start, s, keys, ahead, part);
                }
                ahead += part;
            }
        }
    }

    /** All queries of the tile add the values that the first sees; each then adds those that only it and later ones see. */
    private static void values(Dtype type, long v, long scratch, int queries, int dim, int index, long next) {
        long panel = AttentionBlock.panel(scratch);
        int seen = AttentionBlock.visible(scratch, queries - 1, index);
        for (int from = 0; from < dim; from += SIDE) {
            int cols = Math.min(SIDE, dim - from);
            long bytes = type.bytes((long) PAGE * cols);
            long ahead = ask(next, type.bytes((long) PAGE * from), bytes, queries);
            long part = part(next, bytes, queries);
            Panel.fill(type, v + type.bytes(from), type.bytes(dim), seen, cols, panel);
            for (int i = 0; i < queries; i += TILE) {
                int rows = Math.min(TILE, queries - i);
                int shared = Math.max(0, AttentionBlock.visible(scratch, i, index));
                long o = AttentionBlock.outputs(scratch, dim, i / TILE, from / SIDE);
                AttentionTile.multiply(
                        rows, AttentionBlock.scores(scratch, i / TILE), panel, 0, shared, o, o, cols, ahead, part);
                ahead += part;
                for (int query = i + 1; query < i + rows; query++) {
                    int keys = AttentionBlock.visible(scratch, query, index);
                    if (keys > shared) {
                        long one = AttentionBlock.output(scratch, query, dim, from / SIDE);
                        AttentionTile.multiply(
                                1,
                                AttentionBlock.weights(scratch, query),
                                panel,
                                shared,
                                keys,
                                one,
                                one,
                                cols,
                                NOTHING,
                                0);
                    }
                }
            }
        }
    }
}
