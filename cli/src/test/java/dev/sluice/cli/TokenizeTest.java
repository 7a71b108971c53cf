package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizeTest {
    private static final Path FIXTURES = Path.of(System.getProperty("sluice.fixtures"));

    @Test
    void every_golden_text_of_a_released_tokenizer_through_lines_of_json(@TempDir Path folder) throws IOException {
        try (InputStream packed = Files.newInputStream(FIXTURES.resolve("tokenizers/qwen3/tokenizer.json.gz"));
                InputStream json = new GZIPInputStream(packed)) {
            Files.copy(json, folder.resolve("tokenizer.json"));
        }
        Path cases = FIXTURES.resolve("tokenizer/qwen3.jsonl");
        CommandRun.Result result =
                new CommandRun().in(Files.readAllBytes(cases)).run("tokenize", "--jsonl", "-m", folder.toString());
        List<Object> expected = Files.readAllLines(cases).stream()
                .map(line -> (Object) Map.of("ids", ids(line)))
                .toList();
        assertThat(result.out().lines().map(Json::parse)).containsExactlyElementsOf(expected);
        assertThat(expected).hasSize(1281);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
    }

    private static Object ids(String line) {
        Object ids = Json.object(line).get("ids");
        assertThat(ids).isNotNull();
        return ids;
    }

    @Test
    void a_table_shows_ids_and_pieces() {
        CommandRun.Result all = CommandRun.embedded().run("tokenize", "<|im_start|>a\n");
        List<String> lines = all.out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).matches(" *\\d+  \"<\\|im_start\\|>\"");
        assertThat(lines.get(1)).matches(" *\\d+  \"a\"");
        assertThat(lines.get(2)).endsWith("  \"\\n\"");
        assertThat(all.err()).isEqualTo("sluice: 3 tokens\n");
        assertThat(all.code()).isZero();

        CommandRun.Result none =
                CommandRun.embedded().in("<|im_start|>a\n").run("tokenize", "--allowed-special", "none", "--ids");
        assertThat(none.out()).matches("\\d+( \\d+){4,}\n");
        assertThat(none.err()).isEmpty();
    }

    @Test
    void a_line_that_is_wrong_gets_an_answer_and_the_next_one_too() {
        String lines = String.join(
                "\n",
                "{\"text\":\"a\"}",
                "",
                "{\"text\":",
                "[1]",
                "{\"text\":1}",
                "{\"text\":\"a\",\"text\":\"b\"}",
                "{\"text\":\"a\",\"allowed_special\":\"some\"}",
                "{\"text\":\"a\\ud800 b\"}",
                "{\"text\":\"a\\udc00\\ud800\"}",
                "{\"text\":\"a\",\"\\ud800\":1}",
                "[".repeat(10_000),
                "{\"text\":\"\",\"more\":null}");
        List<String> answers = CommandRun.embedded()
                .in(lines)
                .run("tokenize", "--jsonl")
                .out()
                .lines()
                .toList();
        assertThat(answers).hasSize(12);
        assertThat(answers.getFirst()).startsWith("{\"ids\":[");
        assertThat(answers.subList(1, 11))
                .allSatisfy(answer -> assertThat(answer).startsWith("{\"error\":\""));
        assertThat(answers.get(6)).contains("some").contains("nonspecial");
        assertThat(answers.get(7)).contains("ud800 is half of a surrogate pair, expected both halves (line 1, column ");
        assertThat(answers.getLast()).isEqualTo("{\"ids\":[]}");
    }

    @Test
    void a_line_that_is_too_long_or_no_text_gets_an_answer() {
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        in.writeBytes(new byte[JsonLines.MAX_BYTES + 1]);
        in.writeBytes("\n{\"text\":\"".getBytes(StandardCharsets.US_ASCII));
        in.write(0xC3);
        in.writeBytes("\"}\n{\"text\":\"\"}\n".getBytes(StandardCharsets.US_ASCII));
        List<String> answers = CommandRun.embedded()
                .in(in.toByteArray())
                .run("tokenize", "--jsonl")
                .out()
                .lines()
                .toList();
        assertThat(answers).hasSize(3);
        assertThat(answers.get(0)).contains("longer than 16777216 bytes");
        assertThat(answers.get(1)).contains("not UTF-8");
        assertThat(answers.get(2)).isEqualTo("{\"ids\":[]}");
    }

    @Test
    void wrong_usage_and_a_missing_model_are_told_apart(@TempDir Path empty) {
        CommandRun.Result both = CommandRun.embedded().run("tokenize", "--jsonl", "text");
        assertThat(both.code()).isEqualTo(ExitCode.USAGE);
        CommandRun.Result nothing =
                CommandRun.embedded().terminal(true, true, true).run("tokenize");
        assertThat(nothing.code()).isEqualTo(ExitCode.USAGE);
        assertThat(nothing.err()).contains("no text");
        CommandRun.Result missing = new CommandRun().run("tokenize", "-m", empty.toString(), "a");
        assertThat(missing.code()).isEqualTo(ExitCode.MODEL);
        assertThat(missing.err()).contains(empty.toString()).contains("no tokenizer.json");
        assertThat(missing.out()).isEmpty();
    }
}
