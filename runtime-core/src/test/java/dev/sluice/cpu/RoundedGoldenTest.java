package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.NativeTier;
import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.models.checkpoint.Tolerances;
import dev.sluice.testing.Fixtures;
import dev.sluice.tools.taps.TapComparison;
import dev.sluice.tools.taps.TapRun;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Golden cases with activations rounded, against the reference, within bounds of their own: the largest difference of an
 * array as a share of the largest value in it. Prints what was found. Where the tier cannot run it must say so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RoundedGoldenTest {
    /**
     * How far an array is off.
     *
     * @param largest difference, as a share of the largest value
     * @param mean the root of the mean square of differences, as a share of that of the values
     */
    record Share(double largest, double mean) {
        private Share worse(Share other) {
            return new Share(Math.max(largest, other.largest), Math.max(mean, other.mean));
        }
    }

    private final NativeTier tier;
    private final Map<String, Share> bounds;

    /** @param bounds by kind of array, about twice the worst found; {@code docs/numerics.md} has the same numbers */
    RoundedGoldenTest(NativeTier tier, Map<String, Share> bounds) {
        this.tier = tier;
        this.bounds = bounds;
    }

    abstract List<Fixtures.Case> cases();

    /** Whether the tier takes weights of this case, so that rounding leaves a trace. */
    abstract boolean rounds(Fixtures.Case golden);

    @ParameterizedTest
    @MethodSource("cases")
    void staysWithinItsOwnTolerances(Fixtures.Case golden) {
        Optional<String> refusal = Kernels.refusal(tier);
        if (refusal.isPresent()) {
            assertThatThrownBy(() -> CpuKernels.of(tier))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(refusal.get());
            return;
        }
        NamedArrays expected = golden.expected();
        Map<String, Share> worst = new TreeMap<>();
        try (TestModel model = new TestModel(golden.model(), CpuKernels.of(tier), 2, Dtype.F32, TapRun.CHUNK)) {
            NamedArrays found = TapRun.run(model.executor, model.architecture(), TapRun.Plan.of(expected), _ -> {});
            for (TapComparison.Row row :
                    TapComparison.of(expected, found, Tolerances.fixed(0)).rows()) {
                assertThat(row.fault()).isNull();
                worst.merge(Tolerances.kind(row.name()), share(expected, found, row), Share::worse);
            }
        }
        StringBuilder line = new StringBuilder(tier.label() + " golden " + golden.name() + ":");
        worst.forEach((kind, share) ->
                line.append(String.format(Locale.ROOT, " %s %.4f %.4f", kind, share.largest(), share.mean())));
        System.out.println(line);
        if (rounds(golden)) {
            assertThat(worst.values().stream().mapToDouble(Share::largest).max().orElseThrow())
                    .as("rounding leaves a trace")
                    .isGreaterThan(1e-4);
        }
        worst.forEach((kind, share) -> {
            Share bound = bounds.get(kind);
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
