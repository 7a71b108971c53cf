package dev.sluice.kernels.vector;

/** The order of summation that {@code MatMul} promises, in scalar code. */
final class LaneOrder {
    private LaneOrder() {}

    static float dot(float[] w, float[] x) {
        int whole = Lanes.whole(w.length);
        int parts = Math.max(1, (w.length + 1023) / 1024);
        int part = (w.length + parts - 1) / parts;
        part = (part + 127) / 128 * 128;
        float sum = 0;
        for (int k = 0; k < whole; k += part) {
            float one = part(w, x, k, Math.min(whole, k + part));
            sum = k == 0 ? one : sum + one;
        }
        for (int k = whole; k < w.length; k++) {
            sum = Math.fma(w[k], x[k], sum);
        }
        return sum;
    }

    private static float part(float[] w, float[] x, int from, int to) {
        float[] lanes = new float[Lanes.LANES];
        for (int k = from; k < to; k++) {
            int lane = (k - from) % Lanes.STRIP / 2;
            lanes[lane] = Math.fma(w[k], x[k], lanes[lane]);
        }
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int l = 0; l < half; l++) {
                lanes[l] += lanes[l + half];
            }
        }
        return lanes[0];
    }

    /** Largest error of {@link #dot}: half an ulp of the sum of magnitudes for each step of the longest chain. */
    static double bound(float[] w, float[] x) {
        double magnitudes = 0;
        for (int k = 0; k < w.length; k++) {
            magnitudes += Math.abs((double) w[k] * x[k]);
        }
        int steps = w.length / Lanes.LANES + 6 + w.length % Lanes.STRIP;
        return 1.01 * steps * 0x1p-24 * magnitudes + Float.MIN_NORMAL;
    }

    /** A row in the order in which kernels keep it: of each whole strip the even columns, then the odd ones. */
    static float[] unzipped(float[] row) {
        float[] out = row.clone();
        for (int k = 0; k < Lanes.whole(row.length); k++) {
            int strip = k / Lanes.STRIP * Lanes.STRIP;
            out[strip + k % 2 * Lanes.LANES + k % Lanes.STRIP / 2] = row[k];
        }
        return out;
    }
}
