package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.models.checkpoint.Tolerances;
import dev.sluice.testing.Fixtures;
import dev.sluice.tools.taps.TapComparison;
import dev.sluice.tools.taps.TapRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every golden case with activations rounded to BF16, against the reference, within bounds of its own: the largest
 * difference of an array as a share of the largest value in it. Prints what was found. Where the tier cannot run it
 * must say so.
 */
class Bf16GoldenTest {
    /** Its products are those of the exact tier, which takes F16 weights. */
    private static final String F16_WEIGHTS = "qwen3-dense-tied";

    /**
     * How far an array is off.
     *
     * @param largest difference, as a share of the largest value
     * @param mean the root of the mean square of differences, as a share of that of the values
     */
    private record Share(double largest, double mean) {
        private Share worse(Share other) {
            return new Share(Math.max(largest, other.largest), Math.max(mean, other.mean));
        }
    }

    /** By kind of array, about twice the worst found; {@code docs/numerics.md} has the same numbers. */
    private static final Map<String, Share> BOUNDS = Map.ofEntries(
            Map.entry("mixer", new Share(0.15, 0.08)),
            Map.entry("mlp", new Share(0.75, 0.17)),
            Map.entry("hidden", new Share(0.6, 0.17)),
            Map.entry("logits", new Share(0.6, 0.17)),
            Map.entry("logits_mlx", new Share(0.1, 0.03)),
            Map.entry("greedy_logits", new Share(0.4, 0.22)),
            Map.entry("draft_logits", new Share(0.022, 0.02)),
            Map.entry("S", new Share(0.26, 0.17)),
            Map.entry("conv", new Share(0.046, 0.046)),
            Map.entry("router", new Share(0.66, 0.21)),
            Map.entry("greedy", new Share(0.25, 0.25)),
            Map.entry("draft", new Share(0.1, 0.1)));

    static List<Fixtures.Case> cases() {
        List<Fixtures.Case> cases = new ArrayList<>(Fixtures.cases());
        cases.addAll(Fixtures.tinyModels());
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void staysWithinItsOwnTolerances(Fixtures.Case golden) {
        if (Kernels.bf16Refusal().isPresent()) {
            assertThatThrownBy(() -> CpuKernels.of(true))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(Kernels.bf16Refusal().get());
            return;
        }
        NamedArrays expected = golden.expected();
        Map<String, Share> worst = new TreeMap<>();
        try (TestModel model = new TestModel(golden.model(), CpuKernels.of(true), 2, Dtype.F32, TapRun.CHUNK)) {
            NamedArrays found = TapRun.run(model.executor, model.architecture(), TapRun.Plan.of(expected), _ -> {});
            for (TapComparison.Row row :
                    TapComparison.of(expected, found, Tolerances.fixed(0)).rows()) {
                assertThat(row.fault()).isNull();
                worst.merge(Tolerances.kind(row.name()), share(expected, found, row), Share::worse);
            }
        }
        StringBuilder line = new StringBuilder("bf16 golden " + golden.name() + ":");
        worst.forEach((kind, share) ->
                line.append(String.format(Locale.ROOT, " %s %.4f %.4f", kind, share.largest(), share.mean())));
        System.out.println(line);
        if (!golden.name().equals(F16_WEIGHTS)) {
            assertThat(worst.values().stream().mapToDouble(Share::largest).max().orElseThrow())
                    .as("rounding leaves a trace")
                    .isGreaterThan(1e-4);
        }
        worst.forEach((kind, share) -> {
            Share bound = BOUNDS.get(kind);
            assertThat(share.largest()).as("%s, %s, largest", golden, kind).isLessThanOrEqualTo(bound.largest());
            assertThat(share.mean()).as("%s, %s, mean square", golden, kind).isLessThanOrEqualTo(bound.mean());
        });
    }

    /** Of ids: how many are others. */
    private static Share share(NamedArrays expected, NamedArrays found, TapComparison.Row row) {
        if (expected.type(row.name()) == Dtype.I32) {
            double others = row.difference() / expected.ints(row.name()).length;
            return new Share(others, others);
        }
        float[] values = expected.floats(row.name());
        float[] others = found.floats(row.name().replace("logits_mlx", "logits"));
        double largest = 0;
        double squares = 0;
        double differences = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
            squares += (double) values[i] * values[i];
            differences += ((double) values[i] - others[i]) * ((double) values[i] - others[i]);
        }
        return new Share(row.difference() / largest, Math.sqrt(differences / squares));
    }
}
