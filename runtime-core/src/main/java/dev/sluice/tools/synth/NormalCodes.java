package dev.sluice.tools.synth;

import dev.sluice.kernels.Dtype;

/**
 * Tables of 65,536 equally likely codes whose values follow a normal distribution: drawing a weight is then one lookup
 * by 16 random bits, several gigabytes a second. The grid is Box and Muller's transform of a golden-ratio lattice, so
 * it needs no random source and is the same on every platform; its largest value is {@link #PEAK} deviations.
 */
final class NormalCodes {
    static final int SIZE = 1 << 16;

    /** {@code sqrt(-2 ln(0.5 / SIZE))}: no entry lies further out. */
    static final double PEAK = 4.86;

    /** Codes of an affine group span this many deviations to both sides, as the extremes of 64 normal weights do. */
    static final double AFFINE_SPAN = 2.6;

    private static final double GOLDEN = 0.618_033_988_749_894_9;

    private NormalCodes() {}

    /** Entry {@code i} as a number of mean 0 and deviation 1. */
    static double normal(int i) {
        double radius = StrictMath.sqrt(-2 * StrictMath.log((i + 0.5) / SIZE));
        double turn = (i + 1) * GOLDEN;
        return radius * StrictMath.cos(2 * StrictMath.PI * (turn - StrictMath.floor(turn)));
    }

    /** Bit patterns of {@code mean + deviation * normal} in BF16 or F16. */
    static short[] halves(Dtype type, double mean, double deviation) {
        short[] table = new short[SIZE];
        for (int i = 0; i < SIZE; i++) {
            float value = (float) (mean + deviation * normal(i));
            table[i] = type == Dtype.F16 ? Float.floatToFloat16(value) : bf16(value);
        }
        return table;
    }

    /** E4M3 codes with the peak at 448: {@code value = code * deviation * PEAK / 448}. */
    static byte[] fp8() {
        byte[] table = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            table[i] = e4m3((float) (normal(i) / PEAK * 448));
        }
        return table;
    }

    /** Affine codes {@code 0 .. 2^bits - 1}, the middle of the range at the mean. */
    static byte[] affine(int bits) {
        byte[] table = new byte[SIZE];
        int top = (1 << bits) - 1;
        for (int i = 0; i < SIZE; i++) {
            double code = StrictMath.rint((normal(i) + AFFINE_SPAN) / (2 * AFFINE_SPAN) * top);
            table[i] = (byte) (int) Math.clamp(code, 0, top);
        }
        return table;
    }

    /** Nearest BF16, ties to even. */
    static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    /** Nearest E4M3 of a finite value, ties to even, saturating at 448. */
    static byte e4m3(float value) {
        float magnitude = Math.min(Math.abs(value), 448f);
        int sign = value < 0 ? 0x80 : 0;
        int exponent = Math.max(Math.getExponent(magnitude), -6);
        double steps = StrictMath.rint(magnitude / Math.scalb(1.0, exponent - 3));
        if (steps == 16) {
            exponent++;
            steps = 8;
        }
        int code = steps < 8 ? (int) steps : ((exponent + 7) << 3) | ((int) steps - 8);
        return (byte) (sign | code);
    }
}
