package dev.sluice.tools.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.StepResult;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.StorageException;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.ModelSummary;
import dev.sluice.models.ParameterCount;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.ReleasedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SynthFolderTest {
    @TempDir
    private Path temp;

    static Stream<Arguments> modelsAndForms() {
        return TinyModels.all().stream()
                .flatMap(model -> Stream.of(Form.values()).map(form -> Arguments.of(model, form)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("modelsAndForms")
    void loadsAndSpeaks(ReleasedModel model, Form form) {
        SynthFolder plan = new SynthFolder(model, form, 7);
        Path folder = temp.resolve("model");
        List<Long> progress = new ArrayList<>();
        plan.write(folder, progress::add);
        assertThat(progress).isSorted().last().isEqualTo(plan.bytes());

        ModelSummary summary = ModelFolder.inspect(folder, LoadOptions.DEFAULTS);
        assertThat(summary.parameters()).isEqualTo(new ParameterCount(plan.parameters(false), plan.parameters(true)));
        assertThat(summary.bytes()).isEqualTo(plan.bytes());
        boolean draftDropped = form.mlx() && model.type().startsWith("qwen3_5");
        assertThat(summary.warnings()).hasSize(draftDropped ? 1 : 0);
        try (SynthRun run = new SynthRun(folder)) {
            StepResult result = run.run(run.executor.newSequence(), run.randomIds(40, 1), Want.ALL);
            for (int row = 0; row < 40; row++) {
                assertThat(SynthRun.deviation(run.logits(result, row))).isBetween(0.5, 10.0);
            }
            assertThat(Arrays.stream(run.decode(run.randomIds(3, 2), 4)))
                    .allMatch(deviation -> deviation > 0.5 && deviation < 10);
        }
    }

    @Test
    void sameSeedSameBytesAndShardsDoNotMatter() throws IOException {
        ReleasedModel model = TinyModels.hybrid(4);
        new SynthFolder(model, Form.FP8, 7).write(temp.resolve("a"), _ -> {});
        new SynthFolder(model, Form.FP8, 7).write(temp.resolve("b"), _ -> {});
        new SynthFolder(model, Form.FP8, 8).write(temp.resolve("c"), _ -> {});
        assertThat(contents("a")).isEqualTo(contents("b"));
        assertThat(contents("a")).isNotEqualTo(contents("c"));

        SynthFolder cut = new SynthFolder(model, Form.FP8, 7, 1_000_000);
        cut.write(temp.resolve("d"), _ -> {});
        assertThat(cut.files()).isBetween(4, 20);
        assertThat(contents("d"))
                .containsKeys("model.safetensors.index.json", "model-00001-of-%05d.safetensors".formatted(cut.files()));
        try (SynthRun whole = new SynthRun(temp.resolve("a"));
                SynthRun shards = new SynthRun(temp.resolve("d"))) {
            assertThat(shards.decode(new int[] {3, 4, 5}, 3)).containsExactly(whole.decode(new int[] {3, 4, 5}, 3));
        }
    }

    private Map<String, Integer> contents(String folder) throws IOException {
        Map<String, Integer> out = new TreeMap<>();
        try (Stream<Path> files = Files.list(temp.resolve(folder))) {
            for (Path file : files.toList()) {
                out.put(file.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(file)));
            }
        }
        return out;
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        SynthFolder plan = new SynthFolder(TinyModels.hybrid(4), Form.BF16, 7);
        Path precious =
                Files.writeString(Files.createDirectory(temp.resolve("full")).resolve("notes.txt"), "precious");
        assertThatThrownBy(() -> plan.write(temp.resolve("full"), _ -> {}))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("not empty");
        assertThatThrownBy(() -> plan.write(precious, _ -> {}))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("is a file");
        assertThat(precious).hasContent("precious");
        plan.write(Files.createDirectory(temp.resolve("empty")), _ -> {});
        assertThat(temp.resolve("empty/config.json")).exists();
    }

    @Test
    void nothingIsLeftOfAFailedRun() throws IOException {
        SynthFolder plan = new SynthFolder(TinyModels.hybrid(4), Form.BF16, 7);
        assertThatThrownBy(() -> plan.write(temp.resolve("model"), bytes -> {
                    if (bytes > 1_000_000) {
                        throw new IllegalStateException("stopped");
                    }
                }))
                .hasMessage("stopped");
        assertThatThrownBy(() -> new NewFolder(temp.resolve("model")).create(5, folder -> {
                    Files.writeString(folder.resolve("half"), "half");
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("No space left", "needs 0.00 MiB", "available");
        try (Stream<Path> left = Files.list(temp)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void tooLittleRoomIsSaidBeforeAnythingIsWritten() throws IOException {
        NewFolder folder = new NewFolder(temp.resolve("model"));
        assertThatThrownBy(() -> folder.create(Long.MAX_VALUE, _ -> {
                    throw new AssertionError("written");
                }))
                .isInstanceOf(StorageException.class)
                .hasMessageContainingAll("needs 8589934592.00 GiB", "available", "NAME@1/n");
        try (Stream<Path> left = Files.list(temp)) {
            assertThat(left).isEmpty();
        }
    }
}
