package dev.sluice.engine;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;

/**
 * One row of logits and the ids still in the running, always in id order. Working memory of {@link Sampler}: 20 bytes an
 * id, made once a model and shared by its samplers, which take turns on the engine thread.
 *
 * <p>Nothing is sorted. Block maxima, which come with the logits, say which blocks can hold one of the k best, and only
 * those are copied; a quickselect among the few ids that remain finds the last one to keep, and a filter in id order drops
 * those behind it.
 */
public final class Candidates {
    private static final int BLOCK = Activations.BLOCK;

    private final LogitRow row;
    private final float[] logits;
    private final float[] blockMax;
    private final int[] ids;
    private final int[] order;
    private final double[] weights;
    private float max;
    private int count;

    /** For ids {@code 0 .. size - 1}, the ones the tokenizer knows; padding of the vocabulary lies behind them. */
    public Candidates(int size) {
        row = new LogitRow(size);
        logits = row.logits();
        blockMax = row.maxima();
        ids = new int[size];
        order = new int[size];
        weights = new double[size];
    }

    /** Ids that may be chosen. */
    int size() {
        return logits.length;
    }

    /**
     * Takes a row and its maxima; it must stay as it is until the id is drawn. It may be edited with {@link #set} until
     * {@link #scan}.
     */
    void load(F32 source, long from, F32 maxima, long maximaFrom) {
        row.load(source, from, maxima, maximaFrom);
    }

    float logit(int id) {
        return row.logit(id);
    }

    void set(int id, double logit) {
        row.set(id, logit);
    }

    /** Finds the highest logit; refuses a row that is no distribution. */
    void scan() {
        max = row.scan();
    }

    /** The highest logit's id, the lowest one among equals. */
    int best() {
        return row.idOf(max);
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
        row.fetch(block);
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
