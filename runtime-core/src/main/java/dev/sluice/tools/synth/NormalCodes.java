package dev.sluice.tools.synth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tables of 65,536 equally likely codes whose values follow a normal distribution: drawing a weight is then one lookup
 * by 16 random bits, several gigabytes a second. The grid is Box and Muller's transform of a golden-ratio lattice, so
 * it needs no random source and is the same on every platform; its largest value is {@link #PEAK} deviations. A table
 * takes milliseconds to make and a model needs few, so they are kept. Any number of threads may draw.
 */
final class NormalCodes {
    static final int SIZE = 1 << 16;

    /** {@code sqrt(-2 ln(0.5 / SIZE))}: no entry lies further out. */
    static final double PEAK = 4.86;

    /** Codes of an affine group span this many deviations to both sides, as the extremes of 64 normal weights do. */
    static final double AFFINE_SPAN = 2.6;

    private static final double GOLDEN = 0.618_033_988_749_894_9;
    private static final double FP8_MAX = 448;

    /** Relative spread of the scales of one matrix: a scale applied to the wrong block must show. */
    private static final double SCALE_SPREAD = 0.1;

    private final double[] grid = new double[SIZE];
    private final Map<Object, short[]> halves = new ConcurrentHashMap<>();
    private final Map<Integer, byte[]> codes = new ConcurrentHashMap<>();

    private record Biases(double deviation, int bits) {}

    NormalCodes() {
        for (int i = 0; i < SIZE; i++) {
            double radius = StrictMath.sqrt(-2 * StrictMath.log((i + 0.5) / SIZE));
            double turn = (i + 1) * GOLDEN;
            grid[i] = radius * StrictMath.cos(2 * StrictMath.PI * (turn - StrictMath.floor(turn)));
        }
    }

    /** Entry {@code i} as a number of mean 0 and deviation 1. */
    double normal(int i) {
        return grid[i];
    }

    /** BF16 bits of normal weights. */
    short[] values(Spread spread) {
        return halves.computeIfAbsent(spread, _ -> {
            short[] table = new short[SIZE];
            for (int i = 0; i < SIZE; i++) {
                table[i] = bf16((float) (spread.mean() + spread.deviation() * grid[i]));
            }
            return table;
        });
    }

    /** E4M3 codes with the peak at 448. */
    byte[] fp8() {
        return codes.computeIfAbsent(0, _ -> {
            byte[] table = new byte[SIZE];
            for (int i = 0; i < SIZE; i++) {
                table[i] = e4m3((float) (grid[i] / PEAK * FP8_MAX));
            }
            return table;
        });
    }

    /** BF16 scales that give codes of {@link #fp8} the deviation wanted. */
    short[] fp8Scales(double deviation) {
        double scale = deviation * PEAK / FP8_MAX;
        return values(new Spread(scale, scale * SCALE_SPREAD));
    }

    /** Affine codes {@code 0 .. 2^bits - 1}, the middle of the range at the mean. */
    byte[] affine(int bits) {
        return codes.computeIfAbsent(bits, _ -> {
            byte[] table = new byte[SIZE];
            int top = (1 << bits) - 1;
            for (int i = 0; i < SIZE; i++) {
                double code = StrictMath.rint((grid[i] + AFFINE_SPAN) / (2 * AFFINE_SPAN) * top);
                table[i] = (byte) (int) Math.clamp(code, 0, top);
            }
            return table;
        });
    }

    /** BF16 scales that give codes of {@link #affine} the deviation wanted. */
    short[] affineScales(double deviation, int bits) {
        double scale = deviation * 2 * AFFINE_SPAN / ((1 << bits) - 1);
        return values(new Spread(scale, scale * SCALE_SPREAD));
    }

    /** BF16 biases, entry for entry those of {@link #affineScales}: they put the middle of the codes at 0. */
    short[] affineBiases(double deviation, int bits) {
        short[] scales = affineScales(deviation, bits);
        return halves.computeIfAbsent(new Biases(deviation, bits), _ -> {
            short[] table = new short[SIZE];
            for (int i = 0; i < SIZE; i++) {
                table[i] = bf16(Float.intBitsToFloat(scales[i] << 16) * -((1 << bits) - 1) / 2);
            }
            return table;
        });
    }

    /** Nearest BF16, ties to even. */
    static short bf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }

    /** Nearest E4M3 of a finite value, ties to even, saturating at 448. */
    static byte e4m3(float value) {
        float magnitude = Math.min(Math.abs(value), (float) FP8_MAX);
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
