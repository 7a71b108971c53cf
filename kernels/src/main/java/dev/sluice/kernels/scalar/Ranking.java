package dev.sluice.kernels.scalar;

/** The largest so far, in order, as a scan over all finds them. */
public final class Ranking {
    private Ranking() {}

    /**
     * Takes one more. Equal ones stay behind those seen before. NaN displaces nothing, so the indices are always valid
     * and distinct.
     *
     * @param kept how many there are already, at most {@code topK}
     * @param indices {@code topK} places from {@code at}, as {@code weights}
     */
    public static void insert(float p, int index, int kept, int topK, int[] indices, float[] weights, int at) {
        if (kept == topK && !(p > weights[at + topK - 1])) {
            return;
        }
        int place = kept == topK ? topK - 1 : kept;
        for (; place > 0 && p > weights[at + place - 1]; place--) {
            weights[at + place] = weights[at + place - 1];
            indices[at + place] = indices[at + place - 1];
        }
        weights[at + place] = p;
        indices[at + place] = index;
    }

    /** Divides {@code n} weights by their sum. */
    public static void renormalise(float[] weights, int at, int n) {
        float sum = 0;
        for (int i = 0; i < n; i++) {
            sum += weights[at + i];
        }
        for (int i = 0; i < n; i++) {
            weights[at + i] /= sum;
        }
    }
}
