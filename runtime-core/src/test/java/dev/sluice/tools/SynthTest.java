package dev.sluice.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.LoadOptions;
import dev.sluice.Model;
import dev.sluice.Options;
import dev.sluice.Prompt;
import dev.sluice.Sluice;
import dev.sluice.models.ParameterCount;
import dev.sluice.testing.ReleasedCounts;
import dev.sluice.tools.Synth.Format;
import dev.sluice.tools.Synth.Totals;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SynthTest {
    @TempDir
    private Path temp;

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

    /** One layer of the smallest release, through the public door at both ends. */
    @Test
    void theFolderRunsLikeAnyOther() {
        Synth synth = Synth.plan("qwen3-0.6b@1/28", Format.AFFINE4, 5);
        Path folder = temp.resolve("model");
        synth.write(folder, (written, total) -> assertThat(written).isBetween(1L, total));
        Options options = Options.builder().maxTokens(5).build();
        try (Sluice sluice = Sluice.open(2);
                Model model = sluice.load(folder, LoadOptions.DEFAULTS)) {
            String text = "It's \u00e9t\u00e9,\n\t 10 \ud83d\ude00 \\ \"x\" \u0001\u00ad";
            assertThat(model.decode(model.encode(Prompt.raw(text), options))).isEqualTo(text);
            assertThat(model.generate(Prompt.raw(text), options).await().ids()).hasSize(5);
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
