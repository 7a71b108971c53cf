package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.scalar.ScalarExp;

/**
 * {@link Attention}. Queries are pairs (token, head), numbered token by token. Blocks of {@link #BLOCK} pass over the
 * pages together, in tiles of four: prefill and decode run the same code, and every query keeps its own maximum, sum
 * and output, so its bits do not depend on its neighbours.
 */
public final class VectorAttention implements Attention {
    private static final int PAGE = KvPages.PAGE;

    /** Queries that share a pass: 64 of 256 floats and their outputs are 128 KiB, beside 64 KiB of keys and values in L2. */
    private static final int BLOCK = 64;

    private static final int TILE = 4;

    /**
     * Bytes from the scratch's start: scores of a tile, then for each query of a block its running maximum, its running
     * sum, and as longs the addresses of query and output and the position.
     */
    private static final long MAXIMA = 4L * TILE * PAGE;

    private static final long SUMS = MAXIMA + 4L * BLOCK;
    private static final long QUERIES = SUMS + 4L * BLOCK;
    private static final long OUTPUTS = QUERIES + 8L * BLOCK;
    private static final long POSITIONS = OUTPUTS + 8L * BLOCK;

    @Override
    public void store(KvPages kv, int kvHead, int position, F32 k, long kAt, F32 v, long vAt) {
        kv.check(kvHead, position, 1);
        int dim = kv.headDim();
        k.check(kAt, dim);
        v.check(vAt, dim);
        int token = position % PAGE;
        long page = kv.page(position / PAGE).address();
        long key = page + kv.keyOffset(kvHead, token, 0);
        long value = page + kv.valueOffset(kvHead, token);
        long fromKey = k.address() + 4 * kAt;
        long fromValue = v.address() + 4 * vAt;
        if (kv.type() == Dtype.BF16) {
            for (int i = 0; i < dim; i++) {
                Bf16Tile.set(key + 2L * PAGE * i, Lanes.get(fromKey + 4L * i));
                Bf16Tile.set(value + 2L * i, Lanes.get(fromValue + 4L * i));
            }
        } else {
            for (int i = 0; i < dim; i++) {
                Lanes.set(key + 4L * PAGE * i, Lanes.get(fromKey + 4L * i));
                Lanes.set(value + 4L * i, Lanes.get(fromValue + 4L * i));
            }
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
        q.column(headFrom * qHeadStride).check(first, tokens, (heads - 1) * qHeadStride + dim);
        o.column(headFrom * dim).check(first, tokens, heads * dim);
        scratch.check(0, Attention.scratch());
        long at = scratch.address();
        for (int from = 0; from < tokens * heads; from += BLOCK) {
            int queries = Math.min(BLOCK, tokens * heads - from);
            for (int i = 0; i < queries; i++) {
                int token = (from + i) / heads;
                int head = headFrom + (from + i) % heads;
                long query = q.data().address() + 4 * (q.row(first + token) + (long) head * qHeadStride);
                long output = o.data().address() + 4 * (o.row(first + token) + (long) head * dim);
                begin(at, i, query, output, position + token, dim);
            }
            block(kv, kvHead, queries, scale, at);
            for (int i = 0; i < queries; i++) {
                Elements.scale(output(at, i), 1 / Lanes.get(at + SUMS + 4L * i), dim);
            }
        }
    }

    private static void begin(long scratch, int i, long query, long output, int position, int dim) {
        Lanes.set(scratch + MAXIMA + 4L * i, Float.NEGATIVE_INFINITY);
        Lanes.set(scratch + SUMS + 4L * i, 0);
        MEMORY.set(JAVA_LONG_UNALIGNED, scratch + QUERIES + 8L * i, query);
        MEMORY.set(JAVA_LONG_UNALIGNED, scratch + OUTPUTS + 8L * i, output);
        MEMORY.set(JAVA_LONG_UNALIGNED, scratch + POSITIONS + 8L * i, position);
        Elements.clear(output, dim);
    }

    /** Positions rise from query to query, so the last one sees the most pages and the first of a tile the fewest keys. */
    private static void block(KvPages kv, int kvHead, int queries, float scale, long scratch) {
        int dim = kv.headDim();
        int pages = position(scratch, queries - 1) / PAGE + 1;
        for (int index = 0; index < pages; index++) {
            long page = kv.page(index).address();
            long k = page + kv.keyOffset(kvHead, 0, 0);
            long v = page + kv.valueOffset(kvHead, 0);
            int seen = visible(scratch, queries - 1, index);
            Touch.rows(k, dim, kv.type().bytes(PAGE), (int) kv.type().bytes(seen));
            Touch.rows(v, 1, 0, (int) kv.type().bytes((long) seen * dim));
            for (int i = 0; i < queries; i += TILE) {
                int last = Math.min(i + TILE, queries) - 1;
                int keys = visible(scratch, last, index);
                if (keys > 0) {
                    scores(kv.type(), k, scratch, i, last, dim, keys);
                    for (int query = i; query <= last; query++) {
                        softmax(scratch, query, query - i, visible(scratch, query, index), scale, dim);
                    }
                    values(kv.type(), v, scratch, i, last, dim, index);
                }
            }
        }
    }

    /** A tile at the end of a block repeats its last query. */
    private static void scores(Dtype type, long k, long scratch, int i, int last, int dim, int keys) {
        long a = query(scratch, i);
        long b = query(scratch, Math.min(i + 1, last));
        long c = query(scratch, Math.min(i + 2, last));
        long d = query(scratch, last);
        if (type == Dtype.BF16) {
            Bf16Tile.scores(k, a, b, c, d, dim, keys, scratch);
        } else {
            F32Tile.scores(k, a, b, c, d, dim, keys, scratch);
        }
    }

    /**
     * Turns the scores of one query with a page into weights and moves its maximum, sum and output to the new maximum.
     * A query before this page keeps what it has.
     */
    private static void softmax(long scratch, int query, int row, int keys, float scale, int dim) {
        if (keys <= 0) {
            return;
        }
        long s = scratch + 4L * PAGE * row;
        for (int key = keys; key < PAGE; key++) {
            Lanes.set(s + 4L * key, Float.NEGATIVE_INFINITY);
        }
        Elements.scale(s, scale, PAGE);
        float before = Lanes.get(scratch + MAXIMA + 4L * query);
        float now = Math.max(before, Elements.max(s, PAGE));
        Exp.shifted(s, PAGE, now);
        float shrink = ScalarExp.exp(before - now);
        long sum = scratch + SUMS + 4L * query;
        Lanes.set(scratch + MAXIMA + 4L * query, now);
        Lanes.set(sum, Math.fma(Lanes.get(sum), shrink, Sums.sum(s, PAGE)));
        if (shrink != 1) {
            Elements.scale(output(scratch, query), shrink, dim);
        }
    }

    /** All queries of the tile add the values that the first sees; each then adds those that only it and later ones see. */
    private static void values(Dtype type, long v, long scratch, int i, int last, int dim, int index) {
        int shared = Math.max(0, visible(scratch, i, index));
        int b = Math.min(i + 1, last);
        int c = Math.min(i + 2, last);
        add(type, v, scratch, i, i, b, c, last, dim, 0, shared);
        for (int query = b; query <= last; query++) {
            int keys = visible(scratch, query, index);
            if (keys > shared) {
                add(type, v, scratch, i, query, query, query, query, dim, shared, keys);
            }
        }
    }

    /** Adds values to the outputs of queries {@code a .. d} of the tile that starts at {@code tile}. */
    private static void add(
            Dtype type, long v, long scratch, int tile, int a, int b, int c, int d, int dim, int from, int to) {
        long pa = scratch + 4L * PAGE * (a - tile);
        long pb = scratch + 4L * PAGE * (b - tile);
        long pc = scratch + 4L * PAGE * (c - tile);
        long pd = scratch + 4L * PAGE * (d - tile);
        long oa = output(scratch, a);
        long ob = output(scratch, b);
        long oc = output(scratch, c);
        long od = output(scratch, d);
        if (type == Dtype.BF16) {
            Bf16Tile.values(v, pa, pb, pc, pd, oa, ob, oc, od, dim, from, to);
        } else {
            F32Tile.values(v, pa, pb, pc, pd, oa, ob, oc, od, dim, from, to);
        }
    }

    /** Keys of page {@code index} that the query sees; 0 or less when it comes before. */
    private static int visible(long scratch, int query, int index) {
        return Math.min(PAGE, position(scratch, query) + 1 - index * PAGE);
    }

    private static int position(long scratch, int query) {
        return (int) MEMORY.get(JAVA_LONG_UNALIGNED, scratch + POSITIONS + 8L * query);
    }

    private static long query(long scratch, int query) {
        return MEMORY.get(JAVA_LONG_UNALIGNED, scratch + QUERIES + 8L * query);
    }

    private static long output(long scratch, int query) {
        return MEMORY.get(JAVA_LONG_UNALIGNED, scratch + OUTPUTS + 8L * query);
    }
}
