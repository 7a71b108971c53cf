package dev.sluice.kernels.vector;

/** The order of summation that {@code MatMul} promises, in scalar code. */
final class LaneOrder {
    private LaneOrder() {}

    static float dot(float[] w, float[] x) {
        float[] lanes = new float[Lanes.STRIP];
        int whole = w.length / lanes.length * lanes.length;
        for (int k = 0; k < whole; k++) {
            lanes[k % lanes.length] = Math.fma(w[k], x[k], lanes[k % lanes.length]);
        }
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int l = 0; l < half; l++) {
                lanes[l] += lanes[l + half];
            }
        }
        float sum = lanes[0];
        for (int k = whole; k < w.length; k++) {
            sum = Math.fma(w[k], x[k], sum);
        }
        return sum;
    }

    /** Largest error of {@link #dot}: half an ulp of the sum of magnitudes for each step of the longest chain. */
    static double bound(float[] w, float[] x) {
        double magnitudes = 0;
        for (int k = 0; k < w.length; k++) {
            magnitudes += Math.abs((double) w[k] * x[k]);
        }
        int steps = w.length / Lanes.STRIP + 6 + w.length % Lanes.STRIP;
        return 1.01 * steps * 0x1p-24 * magnitudes + Float.MIN_NORMAL;
    }
}
