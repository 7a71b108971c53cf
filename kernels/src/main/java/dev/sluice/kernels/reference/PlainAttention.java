package dev.sluice.kernels.reference;

import dev.sluice.kernels.Attention;
import dev.sluice.kernels.Bf16;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link Attention}, one query and head at a time, all scores at once, in f64. */
public final class PlainAttention implements Attention {
    @Override
    public void store(KvPages kv, int kvHead, int position, F32 k, long kAt, F32 v, long vAt) {
        kv.check(kvHead, position, 1);
        MemorySegment page = kv.page(position / KvPages.PAGE);
        int token = position % KvPages.PAGE;
        for (int i = 0; i < kv.headDim(); i++) {
            set(kv.type(), page, kv.keyOffset(kvHead, token, i), k.get(kAt + i));
            set(kv.type(), page, kv.valueOffset(kvHead, token) + kv.type().bytes(i), v.get(vAt + i));
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
        for (int t = 0; t < tokens; t++) {
            for (int h = headFrom; h < headFrom + heads; h++) {
                long qAt = q.row(first + t) + (long) h * qHeadStride;
                double[] weights = softmax(kv, kvHead, q.data(), qAt, position + t + 1, scale);
                long oAt = o.row(first + t) + (long) h * kv.headDim();
                for (int i = 0; i < kv.headDim(); i++) {
                    double sum = 0;
                    for (int s = 0; s < weights.length; s++) {
                        sum += weights[s] * value(kv, kvHead, s, i);
                    }
                    o.data().set(oAt + i, (float) sum);
                }
            }
        }
    }

    private static double[] softmax(KvPages kv, int kvHead, F32 q, long qAt, int keys, float scale) {
        double[] weights = new double[keys];
        double max = Double.NEGATIVE_INFINITY;
        for (int s = 0; s < keys; s++) {
            double dot = 0;
            for (int i = 0; i < kv.headDim(); i++) {
                dot += (double) q.get(qAt + i) * key(kv, kvHead, s, i);
            }
            weights[s] = dot * scale;
            max = Math.max(max, weights[s]);
        }
        double sum = 0;
        for (int s = 0; s < keys; s++) {
            weights[s] = Math.exp(weights[s] - max);
            sum += weights[s];
        }
        for (int s = 0; s < keys; s++) {
            weights[s] /= sum;
        }
        return weights;
    }

    private static float key(KvPages kv, int head, int position, int i) {
        return get(kv.type(), kv.page(position / KvPages.PAGE), kv.keyOffset(head, position % KvPages.PAGE, i));
    }

    private static float value(KvPages kv, int head, int position, int i) {
        long offset = kv.valueOffset(head, position % KvPages.PAGE) + kv.type().bytes(i);
        return get(kv.type(), kv.page(position / KvPages.PAGE), offset);
    }

    private static float get(Dtype type, MemorySegment page, long offset) {
        return type == Dtype.F32
                ? page.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset)
                : Bf16.toFloat(page.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
    }

    private static void set(Dtype type, MemorySegment page, long offset, float value) {
        if (type == Dtype.F32) {
            page.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, value);
        } else {
            page.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Bf16.round(value));
        }
    }
}
