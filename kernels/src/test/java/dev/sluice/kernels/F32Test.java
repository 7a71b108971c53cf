package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class F32Test {
    /** On both sides of the sizes from which, and up to which, memory is cleared by a copy. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 100, (1 << 18) - 1, 1 << 18, (1 << 18) + 1})
    void freshMemoryIsZeroAlignedAndAsLongAsAsked(int size) {
        try (Arena arena = Arena.ofConfined()) {
            for (int round = 0; round < 4; round++) {
                F32 floats = F32.allocate(arena, size);
                assertThat(floats.size()).isEqualTo(size);
                assertThat(floats.address() % F32.ALIGNMENT).isZero();
                assertThat(floats.toArray(0, size)).isEqualTo(new float[size]);
                for (int i = 0; i < size; i++) {
                    floats.set(i, 1);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 40})
    void copiesOfArraysAreWhereTheyWereWritten(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = i + 1;
        }
        try (Arena arena = Arena.ofConfined()) {
            F32 floats = F32.allocate(arena, length + 3);
            floats.write(values, 0, 2, length);
            float[] back = new float[length + 1];
            floats.read(2, back, 1, length);
            for (int i = 0; i < length; i++) {
                assertThat(back[i + 1]).isEqualTo(floats.get(i + 2)).isEqualTo(values[i]);
            }
            assertThat(floats.get(1)).isZero();
            assertThat(floats.get(length + 2)).isZero();
            assertThatThrownBy(() -> floats.write(values, 0, 4, length)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> floats.read(4, back, 0, length)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
