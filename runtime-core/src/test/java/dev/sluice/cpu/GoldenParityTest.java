package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.models.checkpoint.Tolerances;
import dev.sluice.testing.Fixtures;
import dev.sluice.tools.taps.TapComparison;
import dev.sluice.tools.taps.TapRun;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every value of every golden case ({@code fixtures/models}) and of the embedded model with every implementation of the kernels, F32 KV cache.
 * Prints the largest differences as {@code found / allowed}.
 */
class GoldenParityTest {
    static Stream<Arguments> casesAndKernels() {
        List<Arguments> out = new ArrayList<>();
        List<Fixtures.Case> cases = new ArrayList<>(Fixtures.cases());
        cases.addAll(Fixtures.tinyModels());
        for (Fixtures.Case golden : cases) {
            for (Kernels kernels : TestKernels.all()) {
                out.add(Arguments.of(golden, kernels.name(), kernels));
            }
        }
        return out.stream();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("casesAndKernels")
    void matchesTheReference(Fixtures.Case golden, String kernelName, Kernels kernels) {
        NamedArrays expected = golden.expected();
        TapRun.Plan plan = TapRun.Plan.of(expected);
        try (TestModel model = new TestModel(golden.model(), kernels, 2, Dtype.F32, TapRun.CHUNK)) {
            NamedArrays found = TapRun.run(model.executor, model.architecture(), plan, _ -> {});
            TapComparison comparison = TapComparison.of(expected, found, Tolerances.of(golden.json()));
            assertThat(comparison.rows()).allMatch(TapComparison.Row::within);
            requireEverySeen(expected, comparison);
            System.out.println("golden " + golden.name() + " " + kernelName + ": " + comparison);
        }
    }

    /** Nothing in the case may stay unchecked; {@code W8a8Test} reads the activation-quantised values. */
    private static void requireEverySeen(NamedArrays expected, TapComparison comparison) {
        assertThat(comparison.rows())
                .extracting(TapComparison.Row::name)
                .containsExactlyInAnyOrderElementsOf(expected.keys().stream()
                        .filter(key -> !key.contains("w8a8") && !key.equals("input_ids"))
                        .toList());
    }
}
