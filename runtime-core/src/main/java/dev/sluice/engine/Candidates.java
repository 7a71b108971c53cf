package dev.sluice.engine;

import dev.sluice.error.ModelBrokenException;
import dev.sluice.kernels.F32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One row of logits and the ids still in the running, always in id order. Working memory of {@link Sampler}: 20 bytes an
 * id, made once a model and shared by its samplers, which take turns on the engine thread.
 *
 * <p>Nothing is sorted. Block maxima say which blocks can hold one of the k best; a quickselect among the few that
 * remain finds the last one to keep, and a filter in id order drops those behind it.
 */
public final class Candidates {
    /** Ids a maximum is kept for: 151,936 logits have 2,374 maxima, enough for any usual top-k. */
    private static final int BLOCK = 64;

    private final float[] logits;
    private final float[] blockMax;
    private final int[] ids;
    private final int[] order;
    private final double[] weights;
    private float max;
    private int count;

    /** For ids {@code 0 .. size - 1}, the ones the tokenizer knows; padding of the vocabulary lies behind them. */
    public Candidates(int size) {
        logits = new float[size];
        blockMax = new float[Math.ceilDiv(size, BLOCK)];
        ids = new int[size];
        order = new int[size];
        weights = new double[size];
    }

    /** Ids that may be chosen. */
    int size() {
        return logits.length;
    }

    /** Takes a copy of the row; it may be edited with {@link #set} until {@link #scan}. */
    void load(F32 source, long from) {
        MemorySegment.copy(
                source.segment(), ValueLayout.JAVA_FLOAT_UNALIGNED, from * Float.BYTES, logits, 0, logits.length);
    }

    float logit(int id) {
        return logits[id];
    }

    void set(int id, double logit) {
        logits[id] = (float) logit;
    }

    /** Finds the maxima; refuses a row that is no distribution. */
    void scan() {
        float best = Float.NEGATIVE_INFINITY;
        for (int block = 0; block < blockMax.length; block++) {
            float m = maximum(block * BLOCK, Math.min((block + 1) * BLOCK, logits.length));
            blockMax[block] = m;
            best = Math.max(best, m);
        }
        if (!Float.isFinite(best)) {
            throw refusal(best);
        }
        max = best;
    }

    /** Highest logit of a block, NaN if there is one; four chains, because each maximum waits for the one before. */
    private float maximum(int from, int to) {
        float a = Float.NEGATIVE_INFINITY;
        float b = a;
        float c = a;
        float d = a;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a = Math.max(a, logits[i]);
            b = Math.max(b, logits[i + 1]);
            c = Math.max(c, logits[i + 2]);
            d = Math.max(d, logits[i + 3]);
        }
        for (; i < to; i++) {
            a = Math.max(a, logits[i]);
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }

    private ModelBrokenException refusal(float best) {
        int id = 0;
        while (Float.compare(logits[id], best) != 0) {
            id++;
        }
        return new ModelBrokenException("no token can be chosen: the logit of id " + id + " is " + logits[id] + " (of "
                + logits.length
                + " logits); the weights hold values that are no numbers or overflow. sluice verify names"
                + " the tensors; fetch the files again");
    }

    /** The highest logit's id, the lowest one among equals. */
    int best() {
        int block = 0;
        while (blockMax[block] != max) {
            block++;
        }
        int id = block * BLOCK;
        while (logits[id] != max) {
            id++;
        }
        return id;
    }

    /**
     * Begins with the ids whose logit is within {@code span} of the highest and that can be among the {@code k} best
     * (0: no such limit).
     */
    void collect(double span, int k) {
        double cut = max - span;
        if (0 < k && k <= blockMax.length) {
            // the k best blocks hold one logit each that is at least this high
            for (int i = 0; i < blockMax.length; i++) {
                order[i] = i;
            }
            cut = Math.max(cut, blockMax[select(blockMax, order, blockMax.length, k - 1)]);
        }
        count = 0;
        for (int block = 0; block < blockMax.length; block++) {
            if (blockMax[block] >= cut) {
                collectBlock(block, cut);
            }
        }
    }

    private void collectBlock(int block, double cut) {
        int end = Math.min((block + 1) * BLOCK, logits.length);
        for (int i = block * BLOCK; i < end; i++) {
            if (logits[i] >= cut) {
                ids[count++] = i;
            }
        }
    }

    /** Keeps the {@code k} highest, the lower id among equals. */
    void topK(int k) {
        if (k < count) {
            System.arraycopy(ids, 0, order, 0, count);
            keepTo(select(logits, order, count, k - 1));
        }
    }

    /** Gives each its probability relative to the best one's. */
    void weigh(double temperature) {
        for (int i = 0; i < count; i++) {
            weights[ids[i]] = Math.exp(((double) logits[ids[i]] - max) / temperature);
        }
    }

    /** Keeps the fewest, best first, whose weights reach {@code p} of all. */
    void topP(double p) {
        System.arraycopy(ids, 0, order, 0, count);
        keepTo(selectMass(p * totalWeight()));
    }

    /** Keeps those of at least {@code p} of the best one's weight, which is 1. */
    void minP(double p) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (weights[ids[i]] >= p) {
                ids[kept++] = ids[i];
            }
        }
        count = kept;
    }

    /** The id at {@code u} in [0, 1) of the cumulative distribution in id order. */
    int draw(double u) {
        double target = u * totalWeight();
        double sum = 0;
        int last = ids[0];
        for (int i = 0; i < count; i++) {
            double weight = weights[ids[i]];
            sum += weight;
            if (target < sum) {
                return ids[i];
            }
            last = weight > 0 ? ids[i] : last;
        }
        return last; // u * total rounded up to the total
    }

    private double totalWeight() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weights[ids[i]];
        }
        return sum;
    }

    private void keepTo(int last) {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int id = ids[i];
            if (id == last || before(logits, id, last)) {
                ids[kept++] = id;
            }
        }
        count = kept;
    }

    /** The element at rank {@code k} of {@code order[0, n)}; permutes it. */
    private static int select(float[] keys, int[] order, int n, int k) {
        int low = 0;
        int high = n;
        while (true) {
            int pivot = partition(keys, order, low, high);
            if (pivot == k) {
                return order[k];
            }
            if (k < pivot) {
                high = pivot;
            } else {
                low = pivot + 1;
            }
        }
    }

    /** The first element, best first, at which the sum of weights reaches {@code target}; permutes {@code order}. */
    private int selectMass(double target) {
        int low = 0;
        int high = count;
        double above = 0;
        while (high - low > 1) {
            int pivot = partition(logits, order, low, high);
            double mass = above;
            for (int i = low; i < pivot; i++) {
                mass += weights[order[i]];
            }
            if (mass >= target && pivot > low) {
                high = pivot;
            } else if (mass + weights[order[pivot]] >= target || pivot == high - 1) {
                return order[pivot];
            } else {
                above = mass + weights[order[pivot]];
                low = pivot + 1;
            }
        }
        return order[low];
    }

    /** Puts what ranks before a pivot in front of it; returns the pivot's rank. */
    private static int partition(float[] keys, int[] order, int low, int high) {
        int pivot = medianOfThree(keys, order, low, high);
        swap(order, pivot, high - 1);
        int value = order[high - 1];
        int rank = low;
        for (int i = low; i < high - 1; i++) {
            if (before(keys, order[i], value)) {
                swap(order, i, rank++);
            }
        }
        swap(order, rank, high - 1);
        return rank;
    }

    private static int medianOfThree(float[] keys, int[] order, int low, int high) {
        int a = low;
        int b = (low + high) >>> 1;
        int c = high - 1;
        boolean ab = before(keys, order[a], order[b]);
        boolean bc = before(keys, order[b], order[c]);
        if (ab == bc) {
            return b;
        }
        return ab == before(keys, order[a], order[c]) ? c : a;
    }

    /** Total order: higher key first, the lower index among equals. */
    private static boolean before(float[] keys, int a, int b) {
        return keys[a] > keys[b] || (keys[a] == keys[b] && a < b);
    }

    private static void swap(int[] order, int a, int b) {
        int t = order[a];
        order[a] = order[b];
        order[b] = t;
    }
}
