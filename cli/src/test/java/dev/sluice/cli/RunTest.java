package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import dev.sluice.cli.CommandRun.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code sluice run} puts where, on the model that comes with it. */
class RunTest {
    private static final String QUESTION = "Write a story about a boat.";
    private static final String ANSWER = "Once upon a time, there was a little girl named Lily.";
    private static final String STATS =
            "prompt \\d+ tok (\\(\\d+ cached\\) )?\\d+\\.\\d t/s · \\d+ tok \\d+\\.\\d t/s · ttft \\d+\\.\\d s · "
                    + "peak \\d+\\.\\d GiB · length\\R";

    @Test
    void theAnswerAloneIsOnStandardOutput() {
        Result result = CommandRun.embedded().run("run", QUESTION, "--temp", "0", "-n", "13");
        assertThat(result).isEqualTo(new Result(0, ANSWER, ""));
    }

    @Test
    void aReaderOfThePipeGetsEachTokenWhenItIsThere() {
        List<String> written = new ArrayList<>();
        OutputStream pipe = new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("a single byte");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                written.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
            }
        };
        CommandRun.embedded().run(pipe, "run", QUESTION, "--temp", "0", "-n", "5");
        written.removeIf(String::isEmpty);
        assertThat(written).containsExactly("Once", " upon", " a", " time", ",");
    }

    @Test
    void anAnswerThatFillsTheContextSaysSo() {
        String[] line = {
            "run", QUESTION, "--temp", "0", "-c", "32", "--logit-bias", "4091=-100", "--logit-bias", "4093=-100"
        };
        assertThat(CommandRun.embedded().run(line).err())
                .isEqualTo(
                        "sluice: the context of 32 tokens is full, so the answer ends here; -c sets more, up to 2,048\n");
        assertThat(CommandRun.embedded()
                        .with("SLUICE_MAX_TOKENS", "3")
                        .run(line)
                        .err())
                .isEmpty();
    }

    @Test
    void promptsComeFromArgumentFlagFileAndPipe(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("prompt.txt"), QUESTION);
        Result expected = new Result(0, "Once upon a", "");
        String[][] lines = {
            {"generate", QUESTION},
            {"run", "-p", QUESTION},
            {"run", "@" + file},
            {"run", "-f", file.toString()},
            {"run", "-"},
            {"run"}
        };
        for (String[] line : lines) {
            assertThat(CommandRun.embedded()
                            .with("SLUICE_TEMP", "0")
                            .with("SLUICE_MAX_TOKENS", "3")
                            .in(QUESTION)
                            .run(line))
                    .as(String.join(" ", line))
                    .isEqualTo(expected);
        }
    }

    /** The embedded model is FP8, which int8 leaves as it is: then it says so. */
    @ParameterizedTest
    @CsvSource({
        "bf16, ''",
        "int8, sluice: --activations int8 changes nothing: no weight of this model is of affine codes"
    })
    void roundedActivationsAnswerOrSayWhatTheyNeed(String activations, String warning) {
        Result doctor = CommandRun.embedded().run("doctor", "--json");
        Object needs = Json.object(doctor.out()).get("activations_" + activations + "_needs");
        Result result =
                CommandRun.embedded().run("run", QUESTION, "--temp", "0", "-n", "13", "--activations", activations);
        if (needs == null) {
            assertThat(result.code()).isZero();
            assertThat(result.out()).isEqualTo(ANSWER);
            assertThat(result.err().strip()).isEqualTo(warning);
        } else {
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).startsWith("sluice: --activations " + activations + " " + needs);
        }
    }

    @Test
    void rawTextGoesWithoutTemplateAndItsControlTokensCount() {
        String prompt = "<|im_start|>user\n" + QUESTION + "<|im_end|>\n<|im_start|>assistant\n";
        Result result = CommandRun.embedded().run("run", "--raw", prompt, "--temp", "0", "-n", "13");
        assertThat(result.out()).isEqualTo(ANSWER);
    }

    @Test
    void statisticsAreALineOrJsonOnStandardError() {
        String[] line = {"run", QUESTION, "--temp", "0", "-n", "3", "--stats", "line"};
        assertThat(CommandRun.embedded().run(line).err()).matches(STATS);
        line[7] = "json";
        assertThat(CommandRun.embedded().run(line).err())
                .matches("\\{\"cache_n\":0,\"prompt_n\":15,\"prompt_ms\":[\\d.]+,\"prompt_per_second\":[\\d.]+,"
                        + "\"predicted_n\":3,\"predicted_ms\":[\\d.]+,\"predicted_per_second\":[\\d.]+,"
                        + "\"ttft_ms\":[\\d.]+,\"peak_bytes\":\\d+,\"finish_reason\":\"length\"\\}\\R");
        Result sampled = CommandRun.embedded().run("run", QUESTION, "-n", "3", "--seed", "5", "--stats", "json");
        assertThat(sampled.err()).contains("\"seed\":5,");
    }

    @Test
    void aTerminalGetsALastLineBreakAndStatistics() {
        CommandRun run = CommandRun.embedded().terminal(true, true, true).columns(200);
        Result result = run.run("run", QUESTION, "--temp", "0", "-n", "13");
        assertThat(result.out()).isEqualTo(ANSWER + "\n");
        assertThat(result.err()).startsWith("\u001b[2m").endsWith("\u001b[0m\n");
        assertThat(result.err().replaceAll("\u001b\\[\\dm", "")).matches(STATS);
        Result quiet = run.run("run", QUESTION, "--temp", "0", "-n", "13", "--quiet");
        assertThat(quiet.err()).isEmpty();
    }

    @Test
    void whatTheModelThinksStaysOffStandardOutput(@TempDir Path folder) throws IOException {
        String template = Files.readString(CommandRun.EMBEDDED.resolve("chat_template.jinja")) + "{{- '<think>\\n' }}";
        Path file = Files.writeString(folder.resolve("thinking.jinja"), template);
        String[] line = {"run", QUESTION, "--temp", "0", "-n", "8", "--chat-template", file.toString()};
        assertThat(CommandRun.embedded().run(line)).isEqualTo(new Result(0, "", ""));

        Result dim = CommandRun.embedded().terminal(false, false, true).run(line);
        assertThat(dim.out()).isEmpty();
        assertThat(dim.err()).contains("\u001b[2m[thinking]\n\u001b[0m").contains("[thought for ");
        Result plain = CommandRun.embedded()
                .terminal(false, false, true)
                .with("NO_COLOR", "1")
                .run(line);
        assertThat(plain.err()).contains("[thinking]\n").doesNotContain("\u001b[2m");

        String[] off = {
            "run", QUESTION, "--temp", "0", "-n", "8", "--chat-template", file.toString(), "--show-thinking", "off"
        };
        assertThat(CommandRun.embedded().run(off).err()).matches("\\(thought for \\d+\\.\\d s, 8 tokens\\)\\R");
    }

    @Test
    void aReaderThatLeavesEndsTheRunQuietly() {
        OutputStream pipe = new OutputStream() {
            private int left = 10;

            @Override
            public void write(int b) throws IOException {
                if (left-- == 0) {
                    throw new IOException("Broken pipe");
                }
            }
        };
        Result result = CommandRun.embedded().run(pipe, "run", QUESTION, "--temp", "0");
        assertThat(result.code()).isEqualTo(141);
        assertThat(result.err()).isEmpty();
    }

    @Test
    void aFullDiskIsAnError() {
        OutputStream disk = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Result result = CommandRun.embedded().run(disk, "run", QUESTION, "--temp", "0");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("sluice: standard output cannot be written: No space left on device\n");
    }

    @Test
    void whatDoesNotFitTheContextIsRefusedWithNumbers() {
        Result result = CommandRun.embedded().run("run", QUESTION, "-c", "10");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("the prompt has 15 tokens")
                .contains("holds 10")
                .contains("2,048");
    }

    @Test
    void aSystemMessageAndStopStringsReachTheModel() {
        Result result = CommandRun.embedded()
                .run("run", QUESTION, "-s", "You tell stories.", "--temp", "0", "--stop", "little", "-n", "30");
        assertThat(result.out()).isEqualTo("Once upon a time, there was a ");
    }
}
