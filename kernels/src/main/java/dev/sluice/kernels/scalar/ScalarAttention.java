package dev.sluice.kernels.scalar;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.Bf16;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Rows;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@link Attention}, page by page of keys and one query after the other. */
public record ScalarAttention(int width) implements Attention {
    private static final int PAGE = KvPages.PAGE;

    @Override
    public void store(KvPages kv, int kvHead, int position, F32 k, long kAt, F32 v, long vAt) {
        kv.check(kvHead, position, 1);
        // a buffer writes one element without a variable handle, which the JVM would spin forms for
        ByteBuffer page = kv.page(position / PAGE).asByteBuffer().order(ByteOrder.nativeOrder());
        int token = position % PAGE;
        float[] key = Floats.of(k, kAt, kv.headDim());
        float[] value = Floats.of(v, vAt, kv.headDim());
        for (int i = 0; i < key.length; i++) {
            put(kv.type(), page, kv.keyOffset(kvHead, token, i), key[i]);
            put(kv.type(), page, kv.valueOffset(kvHead, token) + kv.type().bytes(i), value[i]);
        }
    }

    private static void put(Dtype type, ByteBuffer page, long offset, float value) {
        if (type == Dtype.F32) {
            page.putFloat((int) offset, value);
        } else {
            page.putShort((int) offset, Bf16.round(value));
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
        kv.check(kvHead, position, tokens);
        Query[] queries = new Query[tokens * heads];
        for (int i = 0; i < queries.length; i++) {
            int token = i / heads;
            long at = q.row(first + token) + (long) (headFrom + i % heads) * qHeadStride;
            queries[i] = new Query(Floats.of(q.data(), at, kv.headDim()), position + token);
        }
        int pages = (position + tokens - 1) / PAGE + 1;
        float[] keys = new float[kv.headDim() * PAGE];
        float[] values = new float[PAGE * kv.headDim()];
        for (int index = 0; index < pages; index++) {
            read(kv.type(), kv.page(index), kv.keyOffset(kvHead, 0, 0), keys);
            read(kv.type(), kv.page(index), kv.valueOffset(kvHead, 0), values);
            for (Query query : queries) {
                int visible = Math.min(PAGE, query.position + 1 - index * PAGE);
                if (visible > 0) {
                    query.pass(keys, values, visible, scale, width);
                }
            }
        }
        for (int i = 0; i < queries.length; i++) {
            long at = o.row(first + i / heads) + (long) (headFrom + i % heads) * kv.headDim();
            Floats.write(queries[i].result(), 0, o.data(), at, kv.headDim());
        }
    }

    private static void read(Dtype type, MemorySegment page, long byteOffset, float[] out) {
        if (type == Dtype.F32) {
            Floats.read(page, byteOffset, out, 0, out.length);
            return;
        }
        short[] stored = new short[out.length];
        Floats.readShorts(page, byteOffset, stored, stored.length);
        for (int i = 0; i < out.length; i++) {
            out[i] = Bf16.toFloat(stored[i]);
        }
    }

    /** One query with its running maximum, sum and output. */
    private static final class Query {
        private final float[] query;
        private final int position;
        private final float[] out;
        private final float[] scores = new float[PAGE];
        private float max = Float.NEGATIVE_INFINITY;
        private float sum;

        Query(float[] query, int position) {
            this.query = query;
            this.position = position;
            this.out = new float[query.length];
        }

        /**
         * @param keys {@code [headDim, PAGE]}
         * @param values {@code [PAGE, headDim]}
         * @param visible how many of the page this query sees
         */
        void pass(float[] keys, float[] values, int visible, float scale, int width) {
            for (int key = 0; key < PAGE; key++) {
                scores[key] = 0;
            }
            for (int i = 0; i < query.length; i++) {
                addScaled(scores, keys, i * PAGE, query[i], visible);
            }
            float now = max;
            for (int key = 0; key < PAGE; key++) {
                scores[key] = key < visible ? scores[key] * scale : Float.NEGATIVE_INFINITY;
                now = Math.max(now, scores[key]);
            }
            ScalarExp.shifted(scores, PAGE, now);
            float shrink = ScalarExp.exp(max - now);
            max = now;
            sum = Math.fma(sum, shrink, LaneSum.sum(scores, PAGE, width));
            if (shrink != 1) {
                scale(shrink);
            }
            for (int key = 0; key < visible; key++) {
                addScaled(out, values, key * out.length, scores[key], out.length);
            }
        }

        private static void addScaled(float[] y, float[] x, int at, float factor, int n) {
            for (int i = 0; i < n; i++) {
                y[i] = Math.fma(x[at + i], factor, y[i]);
            }
        }

        private void scale(float factor) {
            for (int i = 0; i < out.length; i++) {
                out[i] *= factor;
            }
        }

        float[] result() {
            scale(1 / sum);
            return out;
        }
    }
}
