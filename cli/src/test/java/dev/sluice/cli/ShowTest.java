package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowTest {
    private static final Path MODELS = Path.of(System.getProperty("sluice.fixtures"), "models");

    @Test
    void the_model_that_comes_with_sluice_for_people() {
        CommandRun.Result result = CommandRun.embedded().run("show");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .contains("(3 x gated DeltaNet + experts, 1 x gated attention + experts) x 2")
                .contains("gated DeltaNet: 2 key heads, 4 value heads, state 64 x 64 a head, convolution over 4 tokens")
                .contains("gated attention: 4 heads of 64, 2 heads of keys and values")
                .contains("experts: 16 of width 64, 2 a token, and a shared one of width 128")
                .contains("draft head (MTP): 1 x gated attention + experts")
                .contains("made for 2,048 tokens")
                .containsPattern("(?m)^model .*\\(qwen3_next, FP8\\)$")
                .doesNotContain("\u001b");
    }

    /** Two attention layers of 2 heads of 64 in bf16; six states of 4 x 64 x 64 and 3 x 512 floats. */
    @Test
    void memory_follows_the_context_in_attention_layers_only() {
        Map<String, Object> memory = object(
                Json.object(CommandRun.embedded()
                        .run("show", "--json", "-c", "1000")
                        .out()),
                "memory");
        assertThat(memory)
                .containsEntry("context", 1000)
                .containsEntry("kv_cache", 2 * 2 * 2 * 64 * 2 * 1000)
                .containsEntry("recurrent_state", 6 * 4 * (4 * 64 * 64 + 3 * 512))
                .containsEntry("runs", true);
    }

    @Test
    void a_release_that_is_not_here_is_shown_as_its_folder_would_be(@TempDir Path temp) {
        for (String format : List.of("bf16", "fp8", "affine4", "affine8")) {
            Path folder = temp.resolve(format);
            String shape = format.equals("affine4") ? "qwen3.5-0.8b@1/6" : "qwen3-0.6b@1/28";
            assertThat(new CommandRun()
                            .run("synth", shape, folder.toString(), "--format", format)
                            .code())
                    .isZero();
            Map<String, Object> written = Json.object(new CommandRun()
                    .run("show", "--json", "-c", "64", folder.toString())
                    .out());
            Map<String, Object> planned = Json.object(new CommandRun()
                    .run("show", "--json", "-c", "64", "synth:" + shape + ":" + format)
                    .out());
            assertThat(planned.put("folder", folder.toString())).isEqualTo("synth:" + shape + ":" + format);
            object(planned, "memory").remove("available");
            object(written, "memory").remove("available");
            assertThat(planned).as(format).isEqualTo(written);
        }
    }

    @Test
    void lines_fit_the_terminal() {
        CommandRun narrow = CommandRun.embedded().terminal(true, true, true).columns(70);
        assertThat(narrow.run("show").out())
                .contains("\n            a head, convolution over 4 tokens\n")
                .satisfies(text ->
                        assertThat(text.lines()).allMatch(line -> line.length() <= 70 || line.indexOf(' ', 12) < 0));
        assertThat(narrow.run("show", "--json").out().lines()).hasSize(1);
    }

    @Test
    void every_release_can_be_shown() {
        for (String format : List.of("bf16", "fp8", "affine4", "affine8")) {
            CommandRun.Result result = new CommandRun().run("show", "synth:qwen3.5-397b-a17b:" + format);
            assertThat(result.code()).isZero();
            assertThat(result.out())
                    .contains("parameters  396.35 G" + (format.startsWith("affine") ? "" : ", draft head 6.60 G"))
                    .contains("gated attention + experts) x 15");
            assertThat(result.err()).contains("tokens of the 262,144 that the model was made for");
        }
        CommandRun.Result unknown = new CommandRun().run("show", "synth:qwen9");
        assertThat(unknown.code()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("\"qwen9\"", "qwen3-next-80b-a3b");
        CommandRun.Result format = new CommandRun().run("show", "synth:qwen3-0.6b:fp4");
        assertThat(format.code()).isEqualTo(ExitCode.USAGE);
        assertThat(format.err()).contains("\"fp4\"", "bf16, fp8, affine4, affine8");
        CommandRun.Result run = new CommandRun().run("verify", "synth:qwen3-0.6b");
        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("has no folder", "sluice synth SHAPE OUT");
    }

    @Test
    void all_bytes_of_the_files_are_accounted_for() throws IOException {
        for (String name : List.of("qwen3-next-mtp", "mlx-4bit-g32", "qwen3-5-moe-fp8", "qwen3-dense")) {
            Map<String, Object> report = Json.object(new CommandRun()
                    .run("show", "--json", MODELS.resolve(name).toString())
                    .out());
            List<?> parts = (List<?>) report.get("weights");
            long sum = parts.stream()
                    .mapToLong(part -> ((Number) ((Map<?, ?>) part).get("bytes")).longValue())
                    .sum();
            assertThat(sum)
                    .as(name)
                    .isEqualTo(((Number) object(report, "memory").get("weights")).longValue());
            long onDisk = 0;
            try (var files = Files.newDirectoryStream(MODELS.resolve(name), "m*.safetensors")) {
                for (Path file : files) {
                    onDisk += Files.size(file);
                }
            }
            assertThat(sum).as(name).isBetween(onDisk * 7 / 10, onDisk);
        }
    }

    @Test
    void the_source_of_each_sampling_value_is_named(@TempDir Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(MODELS.resolve("qwen3-dense"))) {
            for (Path file : files) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Files.writeString(folder.resolve("generation_config.json"), "{\"top_k\":20}");
        String out = new CommandRun().run("show", folder.toString()).out();
        assertThat(out)
                .containsPattern("top_k +20 +from generation_config.json")
                .containsPattern("top_p +1.0 +default of Sluice");
        CommandRun set = new CommandRun().with("SLUICE_TOP_K", "7");
        assertThat(set.run("show", folder.toString()).out()).containsPattern("top_k +7 +from SLUICE_TOP_K");
    }

    @Test
    void what_is_wrong_is_said_with_its_exit_code(@TempDir Path folder) throws IOException {
        assertThat(new CommandRun().run("show", folder.toString()).code()).isEqualTo(ExitCode.MODEL);
        Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"qwen4_exp\"}");
        CommandRun.Result unknown = new CommandRun().run("show", folder.toString());
        assertThat(unknown.code()).isEqualTo(ExitCode.MODEL);
        assertThat(unknown.err()).contains("qwen4_exp");
        assertThat(unknown.out()).isEmpty();
        CommandRun.Result large = CommandRun.embedded().run("show", "-c", "4000");
        assertThat(large.code()).isEqualTo(ExitCode.USAGE);
        assertThat(large.err()).contains("4000").contains("2048");
        CommandRun.Result stretched = CommandRun.embedded().run("show", "-c", "4000", "--rope-factor", "2");
        assertThat(stretched.out()).contains("keys and values of 4,000 tokens", "YaRN factor 2");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Map<String, Object> report, String key) {
        return (Map<String, Object>) report.get(key);
    }
}
