package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NormsTest {
    private final Arena arena = Arena.ofConfined();
    private final Norms plain = Kernels.plain().norms();
    private final Norms vector = Kernels.vector().norms();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 16, 24, 40, 64, 72, 128, 207, 2048})
    void rmsEqualsTheOracle(int n) {
        F32 x = Data.random(arena, 1, n + 3);
        F32 w = Data.random(arena, 2, n);
        F32 expected = F32.allocate(arena, n + 5);
        F32 actual = F32.allocate(arena, n + 5);
        plain.rms(x, 3, w, expected, 1, n, 1e-6f);
        vector.rms(x, 3, w, actual, 1, n, 1e-6f);
        Data.assertClose(actual, expected, 4e-7);
        vector.rms(x, 3, w, x, 3, n, 1e-6f);
        Data.assertSame(x.slice(3, n), actual.slice(1, n));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 16, 24, 40, 64, 72, 128, 207})
    void gatedRmsEqualsTheOracle(int n) {
        F32 x = Data.random(arena, 1, n + 3);
        F32 w = Data.random(arena, 2, n);
        F32 z = Data.random(arena, 3, n + 2);
        F32 expected = F32.allocate(arena, n + 5);
        F32 actual = F32.allocate(arena, n + 5);
        plain.gatedRms(x, 3, w, z, 2, expected, 1, n, 1e-6f);
        vector.gatedRms(x, 3, w, z, 2, actual, 1, n, 1e-6f);
        Data.assertClose(actual, expected, 6e-7);
        vector.gatedRms(x, 3, w, z, 2, x, 3, n, 1e-6f);
        Data.assertSame(x.slice(3, n), actual.slice(1, n));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 16, 24, 40, 64, 72, 128, 207})
    void l2EqualsTheOracle(int n) {
        F32 expected = Data.random(arena, 1, n + 3);
        F32 actual = Data.copy(arena, expected);
        plain.l2(expected, 3, n, 0.25f);
        vector.l2(actual, 3, n, 0.25f);
        Data.assertClose(actual, expected, 4e-7);
    }

    @Test
    void zerosStayZeros() {
        F32 x = F32.allocate(arena, 40);
        F32 w = F32.allocate(arena, 40);
        for (int i = 0; i < 40; i++) {
            w.set(i, 2);
        }
        vector.rms(x, 0, w, x, 0, 40, 1e-6f);
        vector.l2(x, 0, 40, 1);
        assertThat(Data.floats(x)).containsOnly(0f);
    }

    @Test
    void tinyInputsAreHeldByEpsilon() {
        F32 expected = F32.copyOf(arena, 1e-20f, -1e-20f, 3e-5f);
        F32 actual = Data.copy(arena, expected);
        plain.l2(expected, 0, 3, 1);
        vector.l2(actual, 0, 3, 1);
        Data.assertClose(actual, expected, 2e-7);
        assertThat(actual.get(2)).isCloseTo(0.03f, within(1e-3f));
    }

    /** A sum in another order in interpreted code would show here. */
    @Test
    void compiledCodeGivesTheBitsOfInterpretedCode() {
        F32 x = Data.random(arena, 1, 207);
        F32 w = Data.random(arena, 2, 207);
        F32 cold = F32.allocate(arena, 207);
        F32 hot = F32.allocate(arena, 207);
        vector.rms(x, 0, w, cold, 0, 207, 1e-6f);
        for (int i = 0; i < 30_000; i++) {
            vector.rms(x, 0, w, hot, 0, 207, 1e-6f);
        }
        Data.assertSame(hot, cold);
    }

    @Test
    void operandsAreChecked() {
        F32 x = F32.allocate(arena, 16);
        F32 w = F32.allocate(arena, 15);
        assertThatThrownBy(() -> vector.rms(x, 0, w, x, 0, 16, 1e-6f)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> vector.l2(x, 1, 16, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> vector.l2(x, -1, 16, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        F32 closed;
        try (Arena other = Arena.ofConfined()) {
            closed = F32.allocate(other, 16);
        }
        assertThatThrownBy(() -> vector.l2(closed, 0, 16, 1)).isInstanceOf(IllegalStateException.class);
    }
}
