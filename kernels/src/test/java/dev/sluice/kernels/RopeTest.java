package dev.sluice.kernels;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 16, 24, 32, 40, 64, 72})
    void equalsTheOracleAndLeavesTheRestOfTheHead(int half) {
        F32 expected = Data.random(arena, 1, 2 * half + 7);
        F32 actual = Data.copy(arena, expected);
        F32 table = Data.random(arena, 2, 2 * half + 1);
        Kernels.plain().rope().rotate(expected, 3, table, 1, half);
        Kernels.vector().rope().rotate(actual, 3, table, 1, half);
        Data.assertClose(actual, expected, 1e-7);
    }
}
