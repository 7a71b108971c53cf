package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final Path CHAT = Path.of(System.getProperty("sluice.fixtures"), "chat");
    private static final String QUESTION = "[{\"role\":\"user\",\"content\":\"Hello\"}]";

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen35"})
    void every_golden_conversation_through_lines_of_json(String family) throws IOException {
        List<?> cases = (List<?>) Json.parse(Files.readString(CHAT.resolve("cases.json")));
        Map<String, Object> expected = Json.object(Files.readString(CHAT.resolve("expected.json")));
        String lines = cases.stream()
                .map(item -> Json.write(((Map<?, ?>) item).get("ctx")))
                .collect(Collectors.joining("\n"));
        List<String> answers = CommandRun.embedded()
                .in(lines)
                .run(
                        "template",
                        "--jsonl",
                        "--chat-template",
                        CHAT.resolve("templates/" + family + ".jinja").toString())
                .out()
                .lines()
                .toList();
        assertThat(answers).hasSize(97).hasSameSizeAs(cases);
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Object name = ((Map<?, ?>) cases.get(i)).get("name");
            String wanted = String.valueOf(expected.get(family + "/" + name));
            if (!matches(Json.object(answers.get(i)), wanted)) {
                wrong.add(name + "\n  expected " + wanted + "\n  actual   " + answers.get(i));
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** ERR: is a refusal with the template's message; FAIL: a failure whose wording is another language's. */
    private static boolean matches(Map<String, Object> answer, String wanted) {
        if (wanted.startsWith("FAIL:")) {
            return answer.keySet().equals(java.util.Set.of("error"));
        }
        return wanted.startsWith("ERR:")
                ? answer.equals(Map.of("error", wanted.substring(4)))
                : answer.equals(Map.of("text", wanted));
    }

    @Test
    void an_array_is_rendered_up_to_the_answer_and_an_object_as_it_says(@TempDir Path folder) throws IOException {
        Path array = Files.writeString(folder.resolve("array.json"), QUESTION);
        CommandRun.Result prompt = CommandRun.embedded().run("template", array.toString());
        assertThat(prompt.err()).isEmpty();
        assertThat(prompt.out()).contains("Hello").endsWith("<|im_start|>assistant\n");

        CommandRun.Result object =
                CommandRun.embedded().in("{\"messages\":" + QUESTION + "}").run("template", "-");
        assertThat(prompt.out()).startsWith(object.out());
        assertThat(object.out()).doesNotContain("assistant");
    }

    @Test
    void what_is_wrong_is_said_with_its_exit_code(@TempDir Path folder) throws IOException {
        CommandRun.Result broken = CommandRun.embedded().in("[{]").run("template");
        assertThat(broken.code()).isEqualTo(ExitCode.USAGE);
        assertThat(broken.err()).contains("not valid JSON").contains("line 1");
        CommandRun.Result scalar =
                CommandRun.embedded().in("{\"messages\":[1]}").run("template");
        assertThat(scalar.err()).contains("messages[0] is the number 1, expected an object");
        CommandRun.Result none = new CommandRun().in(QUESTION).run("template", "-m", folder.toString());
        assertThat(none.code()).isEqualTo(ExitCode.MODEL);
        assertThat(none.err()).contains("no chat template");
        Path jinja = Files.writeString(folder.resolve("broken.jinja"), "{% if %}");
        CommandRun.Result syntax =
                CommandRun.embedded().in(QUESTION).run("template", "--chat-template", jinja.toString());
        assertThat(syntax.code()).isEqualTo(ExitCode.USAGE);
        assertThat(syntax.err()).contains("line 1");
        assertThat(syntax.out()).isEmpty();
    }
}
