package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.family.Decoder;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Naming, shapes and parameter counts of every released model, without a byte of its data. */
class ReleasedModelsTest {
    static List<ReleasedModel> all() {
        return ReleasedModel.ALL;
    }

    static List<ReleasedModel> withExperts35() {
        return all().stream().filter(m -> m.type().equals("qwen3_5_moe_text")).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void parametersAreExact(ReleasedModel release) {
        boolean fused = release.type().equals("qwen3_5_moe_text");
        try (Arena arena = Arena.ofShared()) {
            ReleasedTensors tensors = new ReleasedTensors(release, false, fused, arena);
            Decoder.Contents model = read(release, false, tensors, arena);
            assertThat(count(model)).isEqualTo(new ParameterCount(release.trunkParameters(), release.mtpParameters()));
            assertThat(elements(tensors, "mtp.")).isEqualTo(release.mtpParameters());
            assertThat(elements(tensors, "") - elements(tensors, "model.visual."))
                    .isEqualTo(release.trunkParameters() + release.mtpParameters());
            assertThat(model.warnings()).isEmpty();
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
            ReleasedTensors tensors = new ReleasedTensors(release, false, true, arena);
            tensors.remove("mtp.");
            tensors.addAll(new ReleasedTensors(release, false, false, arena), "mtp.");
            assertThat(count(read(release, false, tensors, arena)))
                    .isEqualTo(new ParameterCount(release.trunkParameters(), release.mtpParameters()));
        }
    }

    @Test
    void next80bInOfficialFp8() {
        ReleasedModel release = ReleasedModel.named("Qwen3-Next-80B-A3B");
        try (Arena arena = Arena.ofShared()) {
            ReleasedTensors tensors = new ReleasedTensors(release, true, false, arena);
            Decoder.Contents model = read(release, true, tensors, arena);
            assertThat(count(model)).isEqualTo(new ParameterCount(release.trunkParameters(), release.mtpParameters()));
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
            ReleasedModel small = ReleasedModel.named("Qwen3.5-0.8B");
            ReleasedTensors tensors = new ReleasedTensors(small, false, false, arena);
            assertThat(tensors.tensors()).hasSize(488);
            assertThat(count(tensors, "model.language_model.")).isEqualTo(320);
            assertThat(count(tensors, "model.visual.")).isEqualTo(153);
            assertThat(count(tensors, "mtp.")).isEqualTo(15);
            assertThat(tensors.tensors().stream().filter(t -> t.type() == Dtype.F32))
                    .hasSize(36);

            ReleasedModel dense = ReleasedModel.named("Qwen3.8-27B");
            ReleasedTensors bf16 = new ReleasedTensors(dense, false, false, arena);
            assertThat(elements(bf16, "")).isEqualTo(27_781_427_952L);
            ReleasedTensors fp8 = new ReleasedTensors(dense, true, false, arena);
            assertThat(fp8.tensors().size() - count(fp8, "model.visual.")).isEqualTo(1273);
            read(dense, true, fp8, arena);
        }
    }

    @Test
    void moe35bInOfficialFp8HasThePublishedSize() {
        ReleasedModel release = ReleasedModel.named("Qwen3.6-35B-A3B");
        try (Arena arena = Arena.ofShared()) {
            ReleasedTensors tensors = new ReleasedTensors(release, true, false, arena);
            assertThat(tensors.tensors()).hasSize(64_196);
            assertThat(tensors.tensors().stream().mapToLong(TensorInfo::bytes).sum())
                    .isEqualTo(37_454_799_072L);
            assertThat(count(read(release, true, tensors, arena)))
                    .isEqualTo(new ParameterCount(release.trunkParameters(), release.mtpParameters()));
        }
    }

    private static Decoder.Contents read(ReleasedModel release, boolean fp8, ReleasedTensors tensors, Arena arena) {
        JsonObject config = JsonObject.parse("config.json", release.config(fp8).getBytes(StandardCharsets.UTF_8));
        return Decoder.of(config, null, LoadOptions.DEFAULTS).read(tensors, arena);
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
