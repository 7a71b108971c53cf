package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RouterTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "13,2", "16,16", "24,3", "64,8", "128,8", "207,10", "512,10"})
    void equalsTheOracle(int experts, int topK) {
        for (int seed = 0; seed < 20; seed++) {
            F32 expected = Data.random(arena, seed, experts + 3);
            F32 actual = Data.copy(arena, expected);
            int[][] indices = new int[2][topK + 1];
            float[][] weights = new float[2][topK + 1];
            boolean renormalise = seed % 2 == 0;
            Kernels.plain().router().choose(expected, 3, experts, topK, renormalise, indices[0], weights[0], 1);
            Kernels.vector().router().choose(actual, 3, experts, topK, renormalise, indices[1], weights[1], 1);
            Data.assertClose(actual, expected, 1e-6);
            assertThat(indices[1]).isEqualTo(indices[0]);
            for (int i = 0; i <= topK; i++) {
                assertThat(weights[1][i]).isCloseTo(weights[0][i], within(1e-6f));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void equalLogitsGoToTheLowerIndex(Kernels kernels) {
        F32 logits = F32.allocate(arena, 40);
        logits.set(7, 1);
        logits.set(21, 1);
        int[] indices = new int[4];
        float[] weights = new float[4];
        kernels.router().choose(logits, 0, 40, 4, true, indices, weights, 0);
        assertThat(indices).containsExactly(7, 21, 0, 1);
        assertThat(weights[0]).isEqualTo(weights[1]);
        assertThat(weights[0] + weights[1] + weights[2] + weights[3]).isCloseTo(1f, within(1e-6f));
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void oneHugeLogitTakesAll(Kernels kernels) {
        F32 logits = F32.allocate(arena, 24);
        logits.set(17, 3e4f);
        int[] indices = new int[2];
        float[] weights = new float[2];
        kernels.router().choose(logits, 0, 24, 2, false, indices, weights, 0);
        assertThat(indices).containsExactly(17, 0);
        assertThat(weights).containsExactly(1f, 0f);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void aNanShowsInTheWeightsAndTheIndicesStayValid(Kernels kernels) {
        F32 logits = Data.random(arena, 1, 24);
        logits.set(5, Float.NaN);
        int[] indices = new int[3];
        float[] weights = new float[3];
        kernels.router().choose(logits, 0, 24, 3, true, indices, weights, 0);
        assertThat(weights).containsOnly(Float.NaN);
        assertThat(indices).doesNotHaveDuplicates();
        for (int index : indices) {
            assertThat(index).isBetween(0, 23);
        }
    }

    @Test
    void operandsAreChecked() {
        Router router = Kernels.vector().router();
        F32 logits = F32.allocate(arena, 8);
        assertThatThrownBy(() -> router.choose(logits, 0, 8, 9, true, new int[9], new float[9], 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> router.choose(logits, 0, 8, 2, true, new int[2], new float[2], 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
