package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs until the vector kernels are compiled must not be told from them. */
class ScalarKernelsTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theBitsAreThoseOfTheVectorKernels(long seed) {
        Map<String, float[]> expected = EveryKernel.run(Kernels.vector(), seed);
        Map<String, float[]> actual = EveryKernel.run(Kernels.scalar(), seed);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach(
                (name, numbers) -> assertThat(actual.get(name)).as(name).isEqualTo(numbers));
    }
}
