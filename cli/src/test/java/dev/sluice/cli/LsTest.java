package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import dev.sluice.cli.CommandRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sluice ls}, and the names it lists as the model of other commands. */
class LsTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path home;

    /** A model in the cache, one without its weights, one of another kind, one that is cut off, and a GGUF file. */
    @BeforeEach
    void models() throws IOException {
        Path repository = home.resolve(".cache/huggingface/hub/models--tiny--story");
        copy(repository.resolve("snapshots").resolve(COMMIT));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), COMMIT);
        copy(home.resolve("models/half"));
        Files.delete(home.resolve("models/half/model.safetensors"));
        copy(home.resolve("models/other"));
        Files.writeString(home.resolve("models/other/config.json"), "{\"model_type\":\"wat\"}");
        copy(home.resolve("models/owner/cut"));
        Path weights = home.resolve("models/owner/cut/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Files.createDirectories(home.resolve("models/llama"));
        Files.writeString(home.resolve("models/llama/llama-q4.gguf"), "GGUF");
    }

    private static void copy(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : List.of("config.json", "tokenizer.json", "model.safetensors", "chat_template.jinja")) {
            Files.copy(CommandRun.EMBEDDED.resolve(name), folder.resolve(name));
        }
    }

    private CommandRun command() {
        return new CommandRun().with("HOME", home.toString());
    }

    @Test
    void whole_models_and_what_is_wrong_with_the_others() {
        Result result = command().run("ls");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("(?m)^tiny/story +qwen3_next +[0-9.]+ M +FP8 +[0-9.]+ MiB$")
                .containsPattern("(?m)^half +- .*\\R  incomplete: model.safetensors missing$")
                .containsPattern("(?m)^other +- .*\\R  unsupported: .*wat")
                .containsPattern("(?m)^owner/cut +- .*\\R  damaged: .*model.safetensors")
                .containsPattern("(?m)^llama +- .*\\R  unsupported: .*GGUF")
                .doesNotContain("\u001b");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 59, 80, 120})
    void lines_fit_the_terminal_and_names_stay_whole(int columns) {
        Result result = command().terminal(true, true, true).columns(columns).run("ls");
        assertThat(result.out().lines())
                .allMatch(line -> line.length() <= columns || !line.strip().contains(" "));
        assertThat(result.out().lines().filter(line -> !line.startsWith(" ")).map(line -> line.split(" ")[0]))
                .containsExactlyInAnyOrder("tiny/story", "half", "other", "owner/cut", "llama");
        assertThat(result.out()).contains("qwen3_next", "MiB", "wat");
    }

    @Test
    void json_for_programs() {
        Map<String, Object> report = Json.object(command().run("ls", "--json").out());
        List<?> models = (List<?>) report.get("models");
        assertThat(models).hasSize(5);
        Map<?, ?> story = (Map<?, ?>) models.getLast();
        assertThat(story.get("name")).isEqualTo("tiny/story");
        assertThat(story.get("state")).isEqualTo("ready");
        assertThat(story.get("problem")).isNull();
        assertThat(report.get("places"))
                .asString()
                .contains(home.resolve("models").toString(), "huggingface");
    }

    @Test
    void a_name_of_the_list_is_a_model_for_every_command() {
        String inside = home.resolve("models/half/config.json").toString();
        assertThat(command().run("show", "tiny/story").out()).contains("qwen3_next");
        assertThat(command().run("show", "tiny/story@main").out()).contains("qwen3_next");
        assertThat(command().run("tokenize", "-m", "half", "a").code()).isZero();
        assertThat(command().run("tokenize", "-m", inside, "a").code()).isZero();
        assertThat(command().run("show", "owner/cut").err())
                .startsWith("sluice: " + home.resolve("models/owner/cut") + ": model.safetensors: ");
        assertThat(command()
                        .with("SLUICE_MODEL", "tiny/story")
                        .run("run", "-n", "4", "--temp", "0", "Write a story about a boat.")
                        .out())
                .isEqualTo("Once upon a time");
    }

    @Test
    void a_wrong_name_gets_the_nearest() {
        Result result = command().run("run", "-m", "tiny/stroy", "hello");
        assertThat(result.code()).isEqualTo(ExitCode.MODEL);
        assertThat(result.err()).contains("Did you mean tiny/story?", "sluice ls", "hf download tiny/stroy");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void the_path_of_models_can_be_set() {
        String path = home.resolve("models/owner") + ":" + home.resolve("none");
        assertThat(command().run("ls", "--models-path", path).out())
                .contains("cut")
                .doesNotContain("half");
        assertThat(command().with("SLUICE_MODELS_PATH", path).run("ls").out()).doesNotContain("half");
        Result nothing = new CommandRun().run("ls");
        assertThat(nothing.code()).isZero();
        assertThat(nothing.out()).isEmpty();
        assertThat(nothing.err()).contains("no models in", "huggingface");
    }
}
