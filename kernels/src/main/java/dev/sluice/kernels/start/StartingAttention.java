package dev.sluice.kernels.start;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Rows;

/** {@link Attention}: a contest for each type of cache, a few tokens at a time. */
final class StartingAttention implements Attention {
    /** Tokens of a piece. */
    private static final int PIECE = 4;

    private final Kernels scalar;
    private final VectorTier tier;
    private final Contest f32;
    private final Contest bf16;

    StartingAttention(Kernels scalar, VectorTier tier) {
        this.scalar = scalar;
        this.tier = tier;
        this.f32 = new Contest(tier);
        this.bf16 = new Contest(tier);
    }

    private Contest contest(KvPages kv) {
        return kv.type() == Dtype.F32 ? f32 : bf16;
    }

    @Override
    public void store(KvPages kv, int kvHead, int position, F32 k, long kAt, F32 v, long vAt) {
        Kernels kernels = contest(kv).won() ? tier.loaded() : scalar;
        kernels.attention().store(kv, kvHead, position, k, kAt, v, vAt);
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
        Contest contest = contest(kv);
        int t = 0;
        for (; t < tokens && !contest.won(); t += PIECE) {
            int from = t;
            int count = Math.min(PIECE, tokens - t);
            contest.whole(
                    scalar,
                    kernels -> kernels.attention()
                            .attend(
                                    kv,
                                    kvHead,
                                    q,
                                    qHeadStride,
                                    o,
                                    first + from,
                                    count,
                                    headFrom,
                                    heads,
                                    position + from,
                                    scale,
                                    scratch),
                    (long) count * heads * (position + t + 1));
        }
        if (t < tokens) {
            tier.loaded()
                    .attention()
                    .attend(
                            kv,
                            kvHead,
                            q,
                            qHeadStride,
                            o,
                            first + t,
                            tokens - t,
                            headFrom,
                            heads,
                            position + t,
                            scale,
                            scratch);
        }
    }
}
