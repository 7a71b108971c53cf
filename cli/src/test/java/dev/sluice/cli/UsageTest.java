package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.CommandRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help, and every way to get a command line wrong: one message, the right exit code, nothing on standard output. */
class UsageTest {
    @Test
    void helpAndVersionAreOutput() {
        Result help = new CommandRun().run("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("run", "chat", "Exit codes", "SLUICE_SOME_NAME")
                .doesNotContain("\u001b");
        assertThat(help.err()).isEmpty();
        Result version = new CommandRun().run("--version");
        assertThat(version.out()).startsWith("sluice ").contains("Java 25");
    }

    @ParameterizedTest
    @CsvSource({"help, --help", "help run, run --help", "help bench latency, bench latency --help"})
    void helpIsACommandToo(String line, String same) {
        Result help = new CommandRun().run(line.split(" "));
        assertThat(help).isEqualTo(new CommandRun().run(same.split(" ")));
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("Usage: sluice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "chat", "generate"})
    void everyCommandHasHelpThatNamesItsOptions(String command) {
        Result help = new CommandRun().run(command, "--help");
        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains("--model", "--ctx-size", "--threads", "--batch-size", "--max-tokens", "--seed", "--temp")
                .contains("--top-k", "--top-p", "--min-p", "--presence-penalty", "--frequency-penalty")
                .contains("--repeat-penalty", "--stop", "--logit-bias", "--kv-type", "--rope-factor", "--think")
                .contains("--show-thinking", "--template-kwargs", "--chat-template", "--stats", "--color", "--quiet");
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n"})
    void anEmptyPromptIsRefused(String prompt) {
        Result result = new CommandRun().run("run", prompt);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("the prompt is empty");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void withoutACommandTheHelpIsAnError() {
        Result result = new CommandRun().run();
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("sluice run");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " | ",
            value = {
                "run --wat hi | no option is called --wat",
                "run --tmep=1 hi | no option is called --tmep; did you mean --temp?",
                "run hi ho | \"ho\" is one argument too many",
                "run hi --temp | --temp needs a value, T",
                "run hi --temp warm | --temp is warm, expected a number",
                "run hi -n 99999999999 | --max-tokens is 99999999999, expected a whole number up to 2147483647",
                "run hi --seed 1 --seed 2 | --seed is given twice; leave one out",
                "run hi --logit-bias 5 | --logit-bias is 5, expected ID=BIAS",
                "show -m x | show takes the model as its argument: sluice show MODEL",
                "completion | bash|zsh|fish is missing",
                "completion tcsh | bash|zsh|fish is tcsh, expected one of bash, zsh, fish",
                "run hi --temp -1 | temperature is -1.0, expected 0",
                "run hi --top-p 0 | top_p is 0.0",
                "run hi -n 0 | max_tokens is 0, expected 1",
                "run hi --stats loud | --stats is loud, expected one of auto, off, line, json",
                "run hi --logit-bias 7=200 | logit_bias of id 7 is 200.0",
                "run hi --kv-type int3 | --kv-type is int3, expected bf16 or f32",
                "run hi --activations half | --activations is half, expected f32, bf16 or int8",
                "bench --activations int4 | --activations is int4, expected f32, bf16 or int8",
                "run hi --rope-scaling yarn | needs --rope-factor",
                "run hi -c 1 | context length is 1",
                "run hi -b 0 | prefill chunk is 0",
                "run hi -t 0 | threads is 0",
                "run hi -p ho | more than one prompt",
                "run @/no/such/file | /no/such/file cannot be read: no such file",
                "run hi --raw -s you | --raw and --system exclude each other",
                "run hi --template-kwargs [1] | template variables",
                "run hi --template-kwargs {\"messages\":1} | template variable messages is set by Sluice",
                "run hi -c 4000 | made for 2048 positions",
                "frobnicate | no command is called frobnicate",
                "help rnu | no command is called rnu; did you mean run?",
                "help run x | no command is called x",
                "rnu hi | no command is called rnu; did you mean run?"
            })
    void wrongUsageIsExplainedInOneLine(String line, String message) {
        Result result = CommandRun.embedded().run(line.strip().split(" "));
        assertThat(result.err()).startsWith("sluice: ").contains(message).doesNotContain("\tat ");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aMessageBreaksBetweenWordsOnANarrowTerminal() {
        CommandRun narrow = new CommandRun().terminal(true, true, true).columns(40);
        for (String line : List.of("run hi --tmep 1", "run hi --temp -1", "run hi -m /no/such/folder")) {
            String err = narrow.run(line.split(" ")).err();
            assertThat(err.lines()).hasSizeGreaterThan(1).allMatch(shown -> shown.length() < 40);
            assertThat(err.replace('\n', ' '))
                    .contains(new CommandRun()
                            .run(line.split(" "))
                            .err()
                            .lines()
                            .findFirst()
                            .orElseThrow());
        }
    }

    @Test
    void noPromptOnATerminalIsExplained() {
        Result result = CommandRun.embedded().terminal(true, true, true).run("run");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("no prompt").contains("sluice chat");
    }

    @Test
    void bytesThatAreNoTextAreRefused() {
        Result result = CommandRun.embedded().in(new byte[] {'h', (byte) 0xff}).run("run");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("standard input is not UTF-8 text: byte 0xff at offset 1; convert it first");
    }

    @Test
    void aContextThatDoesNotFitIntoMemoryIsRefusedWithWhatWould(@TempDir Path folder) throws IOException {
        for (String name : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(CommandRun.EMBEDDED.resolve(name), folder.resolve(name));
        }
        String config = Files.readString(CommandRun.EMBEDDED.resolve("config.json"));
        Files.writeString(
                folder.resolve("config.json"),
                config.replace("\"max_position_embeddings\": 2048", "\"max_position_embeddings\": 268435456"));
        Result result = new CommandRun()
                .run("run", "hi", "-m", folder.toString(), "-c", "268435456", "--kv-type", "f32"); // 512 GiB
        assertThat(result.code()).isEqualTo(4);
        assertThat(result.err())
                .containsPattern("sluice: a sequence of 268,435,456 tokens needs 512\\.00 GiB .* are available; "
                        + "[\\d,]+ tokens would fit: use a smaller context \\(-c\\)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "@big"})
    void aPromptOfTenMillionBytesIsRefusedByTheContext(String prompt, @TempDir Path folder) throws IOException {
        String text = "Once upon a time there was a boat. ".repeat(300_000);
        Path file = Files.writeString(folder.resolve("big"), text);
        Result result = CommandRun.embedded().in(text).run("run", prompt.replace("big", file.toString()));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .containsPattern("the prompt has [\\d,]+ tokens and the context holds 2,048 with the answer; "
                        + "shorten it, the model was made for no more");
    }

    @Test
    void nothingOnStandardInputIsNoPrompt() {
        Result result = CommandRun.embedded().run("run");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("the prompt is empty");
    }

    @Test
    void aModelThatIsNotThereOrBrokenHasItsOwnExitCode(@TempDir Path folder) throws IOException {
        Result missing = new CommandRun()
                .run("run", "hi", "-m", folder.resolve("nothing").toString());
        assertThat(missing.code()).isEqualTo(3);
        assertThat(missing.err()).contains("nothing does not exist", "sluice ls");
        Result empty = new CommandRun().run("run", "hi", "-m", folder.toString());
        assertThat(empty.code()).isEqualTo(3);
        assertThat(empty.err()).contains("config.json");
        Path config = Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"wat\"}");
        Result file = new CommandRun().run("run", "hi", "-m", config.toString());
        assertThat(file.code()).isEqualTo(3);
        assertThat(file.err()).contains("wat");
        Result unknown = new CommandRun().run("run", "hi", "-m", folder.toString());
        assertThat(unknown.code()).isEqualTo(3);
        assertThat(unknown.err()).contains("wat");
    }

    @Test
    void aBrokenTemplateIsTheModelsFaultOrThatOfTheFlag(@TempDir Path folder) throws IOException {
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(CommandRun.EMBEDDED.resolve(name), folder.resolve(name));
        }
        Path template = Files.writeString(folder.resolve("chat_template.jinja"), "{% for m in messages %}{{ m }");
        Result own = new CommandRun().run("run", "hi", "-m", folder.toString());
        assertThat(own.err()).startsWith("sluice: " + template + ", line 1: ");
        assertThat(own.code()).isEqualTo(3);
        Result given = CommandRun.embedded().run("run", "hi", "--chat-template", template.toString());
        assertThat(given.err()).startsWith("sluice: the given chat template, line 1: ");
        assertThat(given.code()).isEqualTo(2);
    }

    @Test
    void verboseAddsTheStackTrace() {
        Result result = new CommandRun().run("run", "hi", "--verbose", "-m", "/no/such/folder");
        assertThat(result.err()).contains("\tat dev.sluice");
        CommandRun set = new CommandRun().with("SLUICE_VERBOSE", "true");
        assertThat(set.run("run", "hi", "-m", "/no/such/folder").err()).contains("\tat dev.sluice");
    }
}
