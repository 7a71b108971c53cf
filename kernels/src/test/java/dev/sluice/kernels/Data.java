package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** Operands of kernel tests and how they are compared. */
final class Data {
    private Data() {}

    /** Both implementations, for tests that hold for either. */
    static Stream<Named<Kernels>> kernels() {
        return Stream.of(Kernels.plain(), Kernels.vector()).map(k -> Named.of(k.name(), k));
    }

    /** Normally distributed numbers. */
    static F32 random(Arena arena, long seed, int n) {
        Random random = new Random(seed);
        F32 out = F32.allocate(arena, n);
        for (int i = 0; i < n; i++) {
            out.set(i, (float) random.nextGaussian());
        }
        return out;
    }

    static F32 copy(Arena arena, F32 source) {
        F32 out = F32.allocate(arena, source.size());
        F32.copy(source, 0, out, 0, source.size());
        return out;
    }

    static float[] floats(F32 x) {
        return x.toArray(0, (int) x.size());
    }

    /** Equal bit for bit; zeros of either sign differ. */
    static void assertSame(F32 actual, F32 expected) {
        assertThat(actual.size()).isEqualTo(expected.size());
        for (long i = 0; i < expected.size(); i++) {
            int bits = Float.floatToRawIntBits(expected.get(i));
            assertThat(Float.floatToRawIntBits(actual.get(i)))
                    .as("bits of element %d: %s, expected %s", i, actual.get(i), expected.get(i))
                    .isEqualTo(bits);
        }
    }

    /** Differs by {@code relative} of the largest magnitude at most; every element is a number. */
    static void assertClose(F32 actual, F32 expected, double relative) {
        assertThat(actual.size()).isEqualTo(expected.size());
        double largest = 1e-30;
        for (long i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, Math.abs(expected.get(i)));
        }
        for (long i = 0; i < expected.size(); i++) {
            assertThat((double) actual.get(i))
                    .as("element %d", i)
                    .isCloseTo(expected.get(i), within(relative * largest));
        }
    }
}
