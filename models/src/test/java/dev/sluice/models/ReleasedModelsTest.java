package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.Refusals;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.family.Decoder;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.ReleasedConfig;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.ReleasedModels;
import dev.sluice.models.released.TensorPlan;
import dev.sluice.testing.ReleasedCounts;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Naming, shapes and parameter counts of every released model, without a byte of its data. */
class ReleasedModelsTest {
    static List<ReleasedModel> all() {
        return ReleasedModels.all();
    }

    static List<ReleasedModel> withExperts35() {
        return all().stream().filter(m -> m.type().equals("qwen3_5_moe_text")).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void parametersAreExact(ReleasedModel release) {
        ParameterCount expected = ReleasedCounts.of(release.name());
        try (Arena arena = Arena.ofShared()) {
            ReleasedTensors tensors = new ReleasedTensors(release, Form.BF16, arena);
            Decoder.Contents model = read(release, Form.BF16, tensors, arena);
            assertThat(count(model)).isEqualTo(expected);
            assertThat(elements(tensors, "mtp.")).isEqualTo(expected.mtp());
            assertThat(elements(tensors, "") - elements(tensors, "model.visual."))
                    .isEqualTo(expected.trunk() + expected.mtp());
            assertThat(model.warnings())
                    .hasSize(release.wrapped() ? 1 : 0)
                    .allMatch(warning -> warning.contains("images are not supported"));
            assertThat(model.architecture().maxPositions()).isEqualTo(release.maxPositions());
            assertThat(model.architecture().rope().theta()).isEqualTo(release.theta());
            assertThat(model.architecture().rope().rotaryDim()).isEqualTo(release.hybrid() ? 64 : 128);
            long attending = model.architecture().layers().stream()
                    .filter(layer -> layer.mixer() instanceof MixerSpec.FullAttention)
                    .count();
            assertThat(attending).isEqualTo(release.hybrid() ? release.layers() / 4 : release.layers());
        }
    }

    /** Sources disagree on whether the draft head's experts are fused where the trunk's are. */
    @ParameterizedTest
    @MethodSource("withExperts35")
    void draftExpertsMayBeSingleWhereTheTrunkIsFused(ReleasedModel release) {
        try (Arena arena = Arena.ofShared()) {
            ReleasedTensors tensors = new ReleasedTensors(release, Form.BF16, arena);
            tensors.splitDraftExperts();
            assertThat(count(read(release, Form.BF16, tensors, arena))).isEqualTo(ReleasedCounts.of(release.name()));
        }
    }

    /** mlx-lm drops the draft head; codes and tables fit what the configuration files say. */
    @ParameterizedTest
    @MethodSource("all")
    void mlxConversionsHoldTheTrunk(ReleasedModel release) {
        try (Arena arena = Arena.ofShared()) {
            for (Form form : List.of(Form.AFFINE4, Form.AFFINE8)) {
                ReleasedTensors tensors = new ReleasedTensors(release, form, arena);
                assertThat(count(read(release, form, tensors, arena)))
                        .isEqualTo(new ParameterCount(
                                ReleasedCounts.of(release.name()).trunk(), 0));
            }
        }
    }

    @Test
    void next80bInOfficialFp8() {
        ReleasedModel release = named("qwen3-next-80b-a3b");
        try (Arena arena = Arena.ofShared()) {
            ReleasedTensors tensors = new ReleasedTensors(release, Form.FP8, arena);
            Decoder.Contents model = read(release, Form.FP8, tensors, arena);
            assertThat(count(model)).isEqualTo(ReleasedCounts.of(release.name()));
            Weights.DeltaNet first =
                    (Weights.DeltaNet) model.weights().layers().getFirst().mixer();
            Matrix.Fp8Blocks qkvz = (Matrix.Fp8Blocks) first.in().getFirst().matrix();
            assertThat(List.of(qkvz.rows(), qkvz.cols())).containsExactly(12288, 2048);
            assertThat(qkvz.scales().size()).isEqualTo(96 * 16);
            assertThat(first.in().get(1)).satisfies(ba -> {
                assertThat(ba.column()).isEqualTo(12288);
                assertThat(ba.matrix().rows()).isEqualTo(64);
            });
        }
    }

    @Test
    void tensorCountsOfPublishedFiles() {
        try (Arena arena = Arena.ofShared()) {
            ReleasedModel small = named("qwen3.5-0.8b");
            ReleasedTensors tensors = new ReleasedTensors(small, Form.BF16, arena);
            assertThat(tensors.tensors()).hasSize(488);
            assertThat(count(tensors, "model.language_model.")).isEqualTo(320);
            assertThat(count(tensors, "model.visual.")).isEqualTo(153);
            assertThat(count(tensors, "mtp.")).isEqualTo(15);
            assertThat(tensors.tensors().stream().filter(t -> t.type() == Dtype.F32))
                    .hasSize(36);

            ReleasedModel dense = named("qwen3.5-27b");
            ReleasedTensors bf16 = new ReleasedTensors(dense, Form.BF16, arena);
            assertThat(elements(bf16, "")).isEqualTo(27_781_427_952L);
            ReleasedTensors fp8 = new ReleasedTensors(dense, Form.FP8, arena);
            assertThat(fp8.tensors().size() - count(fp8, "model.visual.")).isEqualTo(1273);
            read(dense, Form.FP8, fp8, arena);
        }
    }

    @Test
    void moe35bInOfficialFp8HasThePublishedSize() {
        ReleasedModel release = named("qwen3.5-35b-a3b");
        try (Arena arena = Arena.ofShared()) {
            ReleasedTensors tensors = new ReleasedTensors(release, Form.FP8, arena);
            assertThat(tensors.tensors()).hasSize(64_196);
            assertThat(tensors.tensors().stream().mapToLong(TensorInfo::bytes).sum())
                    .isEqualTo(37_454_799_072L);
            assertThat(count(read(release, Form.FP8, tensors, arena))).isEqualTo(ReleasedCounts.of(release.name()));
        }
    }

    private static ReleasedModel named(String name) {
        return ReleasedModels.named(name).orElseThrow();
    }

    private static Decoder.Contents read(ReleasedModel release, Form form, ReleasedTensors tensors, Arena arena) {
        String text = new ReleasedConfig(release, form, TensorPlan.of(release, form)).config();
        JsonObject config = JsonObject.parse("config.json", text.getBytes(StandardCharsets.UTF_8));
        return Decoder.of(config, null, LoadOptions.DEFAULTS).read(tensors, arena, Refusals.STRICT);
    }

    private static ParameterCount count(Decoder.Contents model) {
        return ParameterCount.of(model.architecture(), model.weights());
    }

    private static long count(ReleasedTensors tensors, String prefix) {
        return tensors.tensors().stream()
                .filter(t -> t.name().startsWith(prefix))
                .count();
    }

    private static long elements(ReleasedTensors tensors, String prefix) {
        return tensors.tensors().stream()
                .filter(t -> t.name().startsWith(prefix))
                .mapToLong(TensorInfo::elements)
                .sum();
    }
}
