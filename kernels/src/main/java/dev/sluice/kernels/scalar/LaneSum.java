package dev.sluice.kernels.scalar;

import dev.sluice.kernels.MatMul;

/**
 * Sums in the order of vectors: lane {@code l} takes the elements {@code k = l mod width}, or those of products the pairs that
 * {@link MatMul} says, ascending; then the lanes are added by the tree of halves; then what is left of the elements, one by one.
 * Eight lanes at a time pass over the elements, because as many sums stay in registers in the code of either compiler.
 */
final class LaneSum {
    private static final int AT_ONCE = 8;

    private LaneSum() {}

    /**
     * {@code sum_i a[aAt + i] * b[bAt + i]} by fused multiply-add.
     *
     * @param width lanes: a power of two from 4 on
     * @param lanes room for {@code max(width, 8)} sums
     */
    static float dot(float[] a, int aAt, float[] b, int bAt, int n, int width, float[] lanes) {
        int whole = n - n % width;
        if (width < AT_ONCE) {
            narrow(a, aAt, b, bAt, whole, lanes);
        } else {
            for (int lane = 0; lane < width; lane += AT_ONCE) {
                eight(a, aAt + lane, b, bAt + lane, whole, width, lanes, lane);
            }
        }
        float sum = tree(lanes, width);
        for (int i = whole; i < n; i++) {
            sum = Math.fma(a[aAt + i], b[bAt + i], sum);
        }
        return sum;
    }

    /** The product of two rows in the order of {@link dev.sluice.kernels.MatMul}. */
    static float product(float[] a, float[] b, int bAt, int n, int width, float[] lanes) {
        int strip = 2 * width;
        int whole = n - n % strip;
        int part = MatMul.part(n);
        float sum = pairs(a, 0, b, bAt, Math.min(part, whole), width, lanes);
        for (int k = part; k < whole; k += part) {
            sum += pairs(a, k, b, bAt + k, Math.min(part, whole - k), width, lanes);
        }
        for (int i = whole; i < n; i++) {
            sum = Math.fma(a[i], b[bAt + i], sum);
        }
        return sum;
    }

    private static float pairs(float[] a, int aAt, float[] b, int bAt, int n, int width, float[] lanes) {
        if (width < AT_ONCE) {
            fourPairs(a, aAt, b, bAt, n, lanes);
        } else {
            for (int lane = 0; lane < width; lane += AT_ONCE) {
                eightPairs(a, aAt + 2 * lane, b, bAt + 2 * lane, n, 2 * width, lanes, lane);
            }
        }
        return tree(lanes, width);
    }

    private static void eightPairs(float[] a, int aAt, float[] b, int bAt, int n, int strip, float[] lanes, int lane) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int k = 0; k < n; k += strip) {
            int i = aAt + k;
            int j = bAt + k;
            s0 = Math.fma(a[i + 1], b[j + 1], Math.fma(a[i], b[j], s0));
            s1 = Math.fma(a[i + 3], b[j + 3], Math.fma(a[i + 2], b[j + 2], s1));
            s2 = Math.fma(a[i + 5], b[j + 5], Math.fma(a[i + 4], b[j + 4], s2));
            s3 = Math.fma(a[i + 7], b[j + 7], Math.fma(a[i + 6], b[j + 6], s3));
            s4 = Math.fma(a[i + 9], b[j + 9], Math.fma(a[i + 8], b[j + 8], s4));
            s5 = Math.fma(a[i + 11], b[j + 11], Math.fma(a[i + 10], b[j + 10], s5));
            s6 = Math.fma(a[i + 13], b[j + 13], Math.fma(a[i + 12], b[j + 12], s6));
            s7 = Math.fma(a[i + 15], b[j + 15], Math.fma(a[i + 14], b[j + 14], s7));
        }
        lanes[lane] = s0;
        lanes[lane + 1] = s1;
        lanes[lane + 2] = s2;
        lanes[lane + 3] = s3;
        lanes[lane + 4] = s4;
        lanes[lane + 5] = s5;
        lanes[lane + 6] = s6;
        lanes[lane + 7] = s7;
    }

    private static void fourPairs(float[] a, int aAt, float[] b, int bAt, int n, float[] lanes) {
        for (int lane = 0; lane < 4; lane++) {
            float sum = 0;
            for (int k = 2 * lane; k < n; k += 8) {
                sum = Math.fma(a[aAt + k], b[bAt + k], sum);
                sum = Math.fma(a[aAt + k + 1], b[bAt + k + 1], sum);
            }
            lanes[lane] = sum;
        }
    }

    private static void eight(float[] a, int aAt, float[] b, int bAt, int whole, int width, float[] lanes, int lane) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int k = 0; k < whole; k += width) {
            int i = aAt + k;
            int j = bAt + k;
            s0 = Math.fma(a[i], b[j], s0);
            s1 = Math.fma(a[i + 1], b[j + 1], s1);
            s2 = Math.fma(a[i + 2], b[j + 2], s2);
            s3 = Math.fma(a[i + 3], b[j + 3], s3);
            s4 = Math.fma(a[i + 4], b[j + 4], s4);
            s5 = Math.fma(a[i + 5], b[j + 5], s5);
            s6 = Math.fma(a[i + 6], b[j + 6], s6);
            s7 = Math.fma(a[i + 7], b[j + 7], s7);
        }
        lanes[lane] = s0;
        lanes[lane + 1] = s1;
        lanes[lane + 2] = s2;
        lanes[lane + 3] = s3;
        lanes[lane + 4] = s4;
        lanes[lane + 5] = s5;
        lanes[lane + 6] = s6;
        lanes[lane + 7] = s7;
    }

    private static void narrow(float[] a, int aAt, float[] b, int bAt, int whole, float[] lanes) {
        for (int lane = 0; lane < 4; lane++) {
            float sum = 0;
            for (int k = lane; k < whole; k += 4) {
                sum = Math.fma(a[aAt + k], b[bAt + k], sum);
            }
            lanes[lane] = sum;
        }
    }

    /** {@code sum_i x[i]} over the first {@code n}. */
    static float sum(float[] x, int n, int width) {
        float[] lanes = new float[width];
        int whole = n - n % width;
        for (int k = 0; k < whole; k += width) {
            for (int lane = 0; lane < width; lane++) {
                lanes[lane] += x[k + lane];
            }
        }
        float sum = tree(lanes, width);
        for (int i = whole; i < n; i++) {
            sum += x[i];
        }
        return sum;
    }

    /** Written out from eight lanes on: for rows of 64 columns the loops took as long as the products. */
    private static float tree(float[] lanes, int width) {
        int half = width / 2;
        for (; half >= AT_ONCE; half /= 2) {
            for (int lane = 0; lane < half; lane++) {
                lanes[lane] += lanes[lane + half];
            }
        }
        if (half == 4) {
            lanes[0] += lanes[4];
            lanes[1] += lanes[5];
            lanes[2] += lanes[6];
            lanes[3] += lanes[7];
        }
        return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
    }
}
