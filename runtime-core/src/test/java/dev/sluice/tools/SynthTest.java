package dev.sluice.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.models.ParameterCount;
import dev.sluice.testing.ReleasedCounts;
import dev.sluice.tools.Synth.Format;
import dev.sluice.tools.Synth.Totals;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SynthTest {
    static List<String> shapes() {
        return Synth.shapes();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyShapeHasTheParametersOfItsRelease(String shape) {
        ParameterCount expected = ReleasedCounts.of(shape);
        for (Format format : Format.values()) {
            Totals totals = Synth.plan(shape, format, 0).totals();
            boolean mlx = format == Format.AFFINE4 || format == Format.AFFINE8;
            assertThat(totals.parameters()).isEqualTo(expected.trunk());
            assertThat(totals.draftParameters()).isEqualTo(mlx ? 0 : expected.mtp());
        }
    }

    @Test
    void filesAreCutAtFiveGigabytes() {
        Totals totals = Synth.plan("qwen3-next-80b-a3b", Format.BF16, 0).totals();
        assertThat(totals.bytes()).isBetween(2 * 81_324_862_720L, 2 * 81_324_862_720L + 100_000);
        assertThat(totals.files()).isBetween(33, 35);
        assertThat(Synth.plan("qwen3-0.6b", Format.BF16, 0).totals().files()).isEqualTo(1);
    }
}
