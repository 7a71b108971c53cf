package dev.sluice.kernels;

/**
 * Causal softmax attention over a paged cache ({@code spec/model.md} §3.3 steps 4-5). A score is a dot summed by fused
 * multiply-add, ascending. Softmax runs online over blocks of {@link KvPages#PAGE} keys, ascending from key 0: the order
 * depends on the query's position only, never on how many queries or threads there are.
 */
public interface Attention {
    /** Rounds one token's key and value of one KV head to the cache type and stores them at {@code position}. */
    void store(KvPages kv, int kvHead, int position, F32 k, long kAt, F32 v, long vAt);

    /**
     * Attends with {@code tokens} consecutive positions for the query heads of one KV head (they share a pass over K
     * and V).
     *
     * @param q row {@code first + t} holds all query heads, head {@code h} at {@code h * qHeadStride}
     * @param headFrom first query head, {@code kvHead * nH/nKV}
     * @param heads number of query heads
     * @param position absolute position of the first query; query {@code t} sees keys {@code 0 .. position + t}
     * @param o row {@code first + t}: head {@code h} at {@code h * headDim}
     * @param scale {@code headDim^-1/2}
     * @param scratch the calling thread's own, from {@link #scratch}
     */
    void attend(
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
            F32 scratch);

    /**
     * Floats of scratch one thread needs: a panel of keys or values, and scores, queries and outputs of a block.
     *
     * @param headDim elements of a head
     */
    static long scratch(int headDim) {
        return 4096 + 512 + 4096 + 256 + 128L * 64 * ((headDim + 63) / 64);
    }
}
