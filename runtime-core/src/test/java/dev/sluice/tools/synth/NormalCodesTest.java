package dev.sluice.tools.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class NormalCodesTest {
    private final NormalCodes codes = new NormalCodes();

    @Test
    void theGridIsNormal() {
        assertNormal(codes::normal, 0, 1, 0.01);
        assertThat(share(1)).isCloseTo(0.3173, within(0.002));
        assertThat(share(2)).isCloseTo(0.0455, within(0.001));
        assertThat(share(3)).isCloseTo(0.0027, within(0.0003));
        assertThat(share(NormalCodes.PEAK)).isZero();
    }

    private double share(double beyond) {
        int count = 0;
        for (int i = 0; i < NormalCodes.SIZE; i++) {
            count += Math.abs(codes.normal(i)) > beyond ? 1 : 0;
        }
        return (double) count / NormalCodes.SIZE;
    }

    @Test
    void everyTableHasTheSpreadAskedFor() {
        short[] plain = codes.values(new Spread(1, 0.05));
        assertNormal(i -> bf16(plain[i]), 1, 0.05, 0.01);

        byte[] fp8 = codes.fp8();
        short[] fp8Scales = codes.fp8Scales(0.03);
        assertNormal(i -> e4m3(fp8[i]) * bf16(fp8Scales[(i * 31) & 0xFFFF]), 0, 0.03, 0.02);

        for (int bits : new int[] {4, 8}) {
            byte[] affine = codes.affine(bits);
            short[] scales = codes.affineScales(0.03, bits);
            short[] biases = codes.affineBiases(0.03, bits);
            // the ends of the range are cut off, which takes 2 % of the deviation
            assertNormal(
                    i -> (affine[i] & 0xFF) * bf16(scales[(i * 31) & 0xFFFF]) + bf16(biases[(i * 31) & 0xFFFF]),
                    0,
                    0.03,
                    0.04);
        }
    }

    private static void assertNormal(IntToDoubleFunction table, double mean, double deviation, double tolerance) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < NormalCodes.SIZE; i++) {
            double value = table.applyAsDouble(i);
            sum += value;
            squares += value * value;
        }
        double foundMean = sum / NormalCodes.SIZE;
        assertThat(foundMean).isCloseTo(mean, within(tolerance * deviation));
        assertThat(Math.sqrt(squares / NormalCodes.SIZE - foundMean * foundMean))
                .isCloseTo(deviation, within(tolerance * deviation));
    }

    @Test
    void e4m3IsTheNearestCode() {
        for (int code = 0; code < 0x7F; code++) {
            assertThat(NormalCodes.e4m3((float) e4m3((byte) code))).isEqualTo((byte) code);
            assertThat(NormalCodes.e4m3((float) -e4m3((byte) code))).isEqualTo((byte) (code == 0 ? 0 : code | 0x80));
            if (code < 0x7E) {
                double middle = (e4m3((byte) code) + e4m3((byte) (code + 1))) / 2;
                assertThat(NormalCodes.e4m3((float) middle)).isEqualTo((byte) (code + code % 2));
                assertThat(NormalCodes.e4m3(Math.nextDown((float) middle))).isEqualTo((byte) code);
                assertThat(NormalCodes.e4m3(Math.nextUp((float) middle))).isEqualTo((byte) (code + 1));
            }
        }
        assertThat(NormalCodes.e4m3(1e9f)).isEqualTo((byte) 0x7E);
    }

    /** {@code spec/model.md} §6.1. */
    private static double e4m3(byte code) {
        int exponent = code >> 3 & 15;
        int mantissa = code & 7;
        double magnitude = exponent == 0 ? mantissa * 0x1p-9 : Math.scalb(1 + mantissa / 8.0, exponent - 7);
        return code < 0 ? -magnitude : magnitude;
    }

    private static double bf16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** A rest of any length is filled, and shorter runs are the beginning of longer ones. */
    @Test
    void fillsAreTheSameAtAnyLength() {
        byte[] bytes = codes.affine(8);
        byte[] nibbles = codes.affine(4);
        short[] halves = codes.values(new Spread(1, 0.01));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment longest = arena.allocate(64);
            MemorySegment shorter = arena.allocate(64);
            for (int length = 1; length <= 40; length++) {
                RandomFill.bytes(longest, bytes, 5);
                RandomFill.bytes(shorter.asSlice(0, length), bytes, 5);
                assertThat(shorter.asSlice(0, length).mismatch(longest.asSlice(0, length)))
                        .isEqualTo(-1);
                if (length % 2 == 0) {
                    RandomFill.halves(longest, halves, 5);
                    RandomFill.halves(shorter.asSlice(0, length), halves, 5);
                    assertThat(shorter.asSlice(0, length).mismatch(longest.asSlice(0, length)))
                            .isEqualTo(-1);
                    assertThat(shorter.get(ValueLayout.JAVA_SHORT_UNALIGNED, length - 2))
                            .isBetween((short) 0x3F70, (short) 0x3F8A);
                }
                if (length % 4 == 0) {
                    RandomFill.nibbles(longest, nibbles, 5);
                    RandomFill.nibbles(shorter.asSlice(0, length), nibbles, 5);
                    assertThat(shorter.asSlice(0, length).mismatch(longest.asSlice(0, length)))
                            .isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void drawsAreIndependent() {
        byte[] identity = new byte[NormalCodes.SIZE];
        for (int i = 0; i < identity.length; i++) {
            identity[i] = (byte) (i >>> 8);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filled = arena.allocate(1 << 20);
            RandomFill.bytes(filled, identity, 11);
            double[] products = new double[17];
            for (int i = 0; i < filled.byteSize() - 16; i++) {
                for (int lag = 1; lag <= 16; lag++) {
                    products[lag] +=
                            (double) filled.get(ValueLayout.JAVA_BYTE, i) * filled.get(ValueLayout.JAVA_BYTE, i + lag);
                }
            }
            for (int lag = 1; lag <= 16; lag++) {
                // uniform bytes have variance 5461; 2^20 products scatter by 0.1 %
                assertThat(products[lag] / filled.byteSize() / 5461)
                        .as("lag %d", lag)
                        .isBetween(-0.005, 0.005);
            }
        }
    }
}
