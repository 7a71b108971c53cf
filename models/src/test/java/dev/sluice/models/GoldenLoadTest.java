package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec.FullAttention;
import dev.sluice.models.Architecture.MixerSpec.GatedDeltaNet;
import dev.sluice.models.Architecture.MlpSpec.Dense;
import dev.sluice.models.Architecture.MlpSpec.SparseMoe;
import dev.sluice.models.Architecture.RopeSpec;
import dev.sluice.models.Architecture.Yarn;
import dev.sluice.testing.Fixtures;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenLoadTest {
    static Stream<Fixtures.Case> cases() {
        return Stream.concat(Fixtures.cases().stream(), Stream.of(Fixtures.embeddedCase()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGoldenFolderLoads(Fixtures.Case golden) {
        try (LoadedModel model = ModelFolder.open(golden.model(), LoadOptions.DEFAULTS)) {
            Architecture architecture = model.architecture();
            assertThat(model.warnings()).allMatch(warning -> warning.startsWith("images are not supported"));
            assertThat(architecture.modelType()).startsWith(golden.family());
            assertThat(model.weights().layers()).hasSameSizeAs(architecture.layers());
            assertThat(architecture.mtp() != null).isEqualTo(model.weights().mtp() != null);
            assertThat(model.weights().embedding().rows())
                    .isEqualTo(golden.expected().shape("logits")[1]);
            for (int i = 0; i < architecture.layers().size(); i++) {
                boolean sparse = architecture.layers().get(i).mlp() instanceof SparseMoe;
                boolean delta = architecture.layers().get(i).mixer() instanceof GatedDeltaNet;
                // the embedded model's values come without taps
                if (golden.expected().keys().stream().anyMatch(key -> key.startsWith("tap."))) {
                    assertThat(golden.expected().has("router.layers." + i + ".indices"))
                            .isEqualTo(sparse);
                    assertThat(golden.expected().has("state.layers." + i + ".S"))
                            .isEqualTo(delta);
                }
            }
        }
    }

    @Test
    void aHybridWithOneDenseLayerAndYarn() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-r3");
        GatedDeltaNet delta = new GatedDeltaNet(2, 6, 16, 24, 4);
        FullAttention attention = new FullAttention(2, 1, 64, true);
        SparseMoe moe = new SparseMoe(6, 2, 24, 24, true);
        Architecture expected = new Architecture(
                "qwen3_next",
                56,
                290,
                256,
                1e-6f,
                false,
                new RopeSpec(10_000, 16, new Yarn(4, 64, 32, 1, 0.1 * Math.log(4) + 1)),
                List.of(
                        new LayerSpec(delta, moe),
                        new LayerSpec(attention, moe),
                        new LayerSpec(delta, new Dense(60)),
                        new LayerSpec(delta, moe),
                        new LayerSpec(attention, moe)),
                null);
        assertThat(ModelFolder.inspect(golden.model(), LoadOptions.DEFAULTS).architecture())
                .isEqualTo(expected);
    }

    @Test
    void expertsWithoutRenormalisationInEverySecondLayer() {
        Fixtures.Case golden = Fixtures.golden("qwen3-moe-nonorm");
        Architecture model =
                ModelFolder.inspect(golden.model(), LoadOptions.DEFAULTS).architecture();
        SparseMoe moe = new SparseMoe(6, 3, 20, 0, false);
        Dense dense = new Dense(56);
        assertThat(model.layers()).extracting(LayerSpec::mlp).containsExactly(dense, dense, dense, moe, dense, moe);
        assertThat(model.rope()).isEqualTo(new RopeSpec(1e6, 16, null));
    }

    @Test
    void theDraftHeadOfAMultimodalFileLiesInItsOwnFile() {
        Fixtures.Case golden = Fixtures.golden("qwen3-5-dense-mtp");
        ModelSummary summary = ModelFolder.inspect(golden.model(), LoadOptions.DEFAULTS);
        assertThat(summary.architecture().tiedEmbeddings()).isTrue();
        assertThat(summary.architecture().mtp())
                .isEqualTo(new LayerSpec(new FullAttention(4, 2, 32, true), new Dense(112)));
        assertThat(summary.tensors()).extracting(t -> t.name()).contains("model.visual.pos_embed.weight");
        long mtp = summary.tensors().stream()
                .filter(t -> t.name().startsWith("mtp."))
                .mapToLong(t -> t.elements())
                .sum();
        assertThat(summary.parameters().mtp()).isEqualTo(mtp);
    }

    @Test
    void theEmbeddedModel() {
        ModelSummary summary = ModelFolder.inspect(Fixtures.embeddedModel(), LoadOptions.DEFAULTS);
        assertThat(summary.parameters().trunk() + summary.parameters().mtp()).isBetween(12_500_000L, 12_700_000L);
        assertThat(summary.bytes()).isBetween(14_900_000L, 15_045_124L);
        assertThat(summary.generationDefaults())
                .isEqualTo(new GenerationDefaults(true, 0.7, 40, 0.9, null, null, List.of(4091, 4093)));
    }

    @Test
    void yarnOnRequestWidensThePositions() {
        Architecture model = ModelFolder.inspect(Fixtures.embeddedModel(), new LoadOptions(4.0))
                .architecture();
        assertThat(model.maxPositions()).isEqualTo(8192);
        assertThat(model.rope().yarn()).isEqualTo(new Yarn(4, 2048, 32, 1, 0.1 * Math.log(4) + 1));
    }

    @Test
    void closingTwiceIsHarmless() {
        LoadedModel model = ModelFolder.open(Fixtures.embeddedModel(), LoadOptions.DEFAULTS);
        model.close();
        model.close();
        assertThat(model.weights().finalNorm().segment().scope().isAlive()).isFalse();
    }
}
