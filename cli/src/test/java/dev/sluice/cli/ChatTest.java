package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.CommandRun.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code sluice chat} does with the lines of a pipe: every command, and everything that can be wrong with one. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ChatTest {
    private static final String QUESTION = "Write a story about a boat.";
    private static final String ANSWER = "Once upon a time, there was a little girl named Lily.";

    @TempDir
    Path folder;

    private static Result chat(String lines, String... more) {
        String[] args = new String[more.length + 5];
        System.arraycopy(new String[] {"chat", "--temp", "0", "-n", "13"}, 0, args, 0, 5);
        System.arraycopy(more, 0, args, 5, more.length);
        return CommandRun.embedded().in(lines).run(args);
    }

    @Test
    void aConversationGoesOnLineByLine() {
        Result result = chat(QUESTION + "\n/regen\n/undo\n/undo\n\n/exit\nnever read\n");
        assertThat(result)
                .isEqualTo(new Result(0, ANSWER + "\n" + ANSWER + "\n", "taken back\nnothing to take back\n"));
    }

    @Test
    void whatChangesSomethingIsAcknowledgedInALine() {
        String lines =
                "/system Be brief.\n/set temp 0.5\n/set temp default\n/think off\n/set stats line\n/clear\n/system off\n";
        assertThat(chat(lines).err()).isEqualTo("""
                system message set
                temp: 0.5
                temp: 0.0 (command line, environment or configuration)
                think: off
                stats: line
                cleared 0 messages; the system message stays
                no system message
                """);
        assertThat(chat(lines, "--quiet").err()).isEmpty();
    }

    @Test
    void theEndOfInputEndsItAndNothingAtAllIsAnEmptyConversation() {
        assertThat(chat("")).isEqualTo(new Result(0, "", ""));
        assertThat(chat(QUESTION).out()).isEqualTo(ANSWER + "\n");
    }

    @Test
    void theFirstLineThatFailsDecidesTheExitCode() {
        Result result = chat("/nonsense\n/load /no/such/file\n" + QUESTION + "\n");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEqualTo(ANSWER + "\n");
        assertThat(chat("/load /no/such/file\n/nonsense\n").code()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/hlp | /hlp is no command; did you mean /help?",
                "/regne | did you mean /regen?",
                "/con | did you mean /context?",
                "/usr/bin/env what | /usr/bin/env is no command; /help lists them. A question that begins with a slash",
                "/clear all | /clear takes nothing after it, found all",
                "/regen | there is nothing to answer again",
                "/set temp | /set temp needs a value",
                "/set temp warm | temp is warm, expected a number",
                "/set temp -1 | temperature is -1.0, expected 0",
                "/set tmp 1 | no option is called tmp; did you mean temp?",
                "/set max-tokens 0 | max_tokens is 0, expected 1",
                "/set stats loud | stats is loud, expected one of auto",
                "/think | /think needs one of auto, on, off, low",
                "/think hard | think is hard, expected one of auto",
                "/save | /save needs the name of a file",
                "/save /no/such/folder/x.json | cannot be written: no such file or folder",
                "/save /dev/full | /dev/full is no regular file",
                "/load | /load needs the name of a file",
                "/load /no/such/file | /no/such/file cannot be read: no such file or folder",
                "/read /no/such/file | /no/such/file cannot be read: no such file or folder",
                "/read /dev/null | /dev/null is empty"
            })
    void whatIsWrongWithACommandIsSaidAndNothingIsAnswered(String line, String message) {
        Result result = chat(line + "\n");
        assertThat(result.err()).startsWith("sluice: ").contains(message).doesNotContain("\tat ");
        assertThat(result.code()).isBetween(1, 2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void theContextCountsASystemMessageBeforeTheFirstQuestion() {
        assertThat(chat("/context\n").err()).startsWith("0 messages, 0 of 2,048 tokens (0 %)");
        assertThat(chat("/context\n", "-s", "Be brief.").err())
                .containsPattern("^1 message, [1-9]\\d? of 2,048 tokens");
    }

    @Test
    void linesAreContinuedAndQuoted() throws IOException {
        Path file = folder.resolve("talk.json");
        String lines = "One \\\ntwo\n\"\"\"\n/three \\\nfour\n\"\"\"\n\"\"\"/five\"\"\"\n/save " + file + "\n";
        assertThat(chat(lines).code()).isZero();
        assertThat(Files.readString(file))
                .contains("\"content\":\"One \\ntwo\"")
                .contains("\"content\":\"/three \\\\\\nfour\"")
                .contains("\"content\":\"/five\"");
    }

    @Test
    void quotesThatNeverEndAreRefused() {
        Result result = chat("\"\"\"\nOne\ntwo\n");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("standard input ends within \"\"\"");
    }

    @Test
    void aSavedConversationGoesOnElsewhere() throws IOException {
        Path file = folder.resolve("talk.json");
        assertThat(chat(QUESTION + "\n/save " + file + "\n", "-s", "You tell stories.")
                        .err())
                .isEqualTo("saved 3 messages\n");
        String saved = Files.readString(file);
        Result result = chat("/load " + file + "\n/system\n/undo\n/save " + file + "\n/system off\n/system\n");
        assertThat(result.code()).isZero();
        assertThat(result.err())
                .startsWith("3 messages, 42 of 2,048 tokens (2 %), ")
                .contains("\nYou tell stories.\ntaken back\nsaved 1 message\nno system message\n");
        assertThat(Files.readString(file)).isNotEqualTo(saved).contains("You tell stories.");
    }

    @Test
    void filesOfOthersAreNotReplaced() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "precious");
        Result result = chat("/save " + file + "\n");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("notes.txt exists and is no saved conversation")
                .contains("nothing was written");
        assertThat(file).hasContent("precious");
    }

    @Test
    void aDamagedFileIsRefusedByLineAndTheConversationStays() throws IOException {
        Path file = Files.writeString(
                folder.resolve("talk.json"),
                "{\"messages\":[\n{\"role\":\"user\",\"content\":\"Hi\"},\n{\"role\":7}]}");
        Result result = chat(QUESTION + "\n/load " + file + "\n/regen\n");
        assertThat(result.err()).contains("talk.json is no saved conversation: line 3: found value_number_int");
        assertThat(result.out()).isEqualTo(ANSWER + "\n" + ANSWER + "\n");
    }

    @Test
    void aFileIsPutBeforeTheNextQuestion() throws IOException {
        Path file = Files.writeString(folder.resolve("boat.txt"), "Write a story\n");
        Path saved = folder.resolve("talk.json");
        Result result = chat("/read " + file + "\n/context\nabout a boat.\nThank you.\n/save " + saved + "\n");
        assertThat(result.err()).contains("read 14 characters").contains("; before the next question: 1 file\n");
        assertThat(Files.readString(saved))
                .contains("\"content\":\"Write a story\\n\\n\\nabout a boat.\"")
                .contains("\"content\":\"Thank you.\"");
    }

    @Test
    void settingsHoldUntilTheyAreTakenBack() {
        Result result = CommandRun.embedded()
                .in("/set temp 0\n/set max-tokens 13\n/set stats json\n" + QUESTION
                        + "\n/set stats default\n/set max-tokens 3\n" + QUESTION + "\n/set max-tokens default\n/show\n")
                .run("chat", "--top-k", "7");
        assertThat(result.out()).startsWith(ANSWER + "\n");
        assertThat(result.err().lines().filter(line -> line.startsWith("{\"cache_n\"")))
                .hasSize(1);
        assertThat(result.err())
                .containsPattern("temp +0\\.0 \\(set here\\)")
                .containsPattern("top-k +7 \\(command line")
                .containsPattern("max-tokens +to the end of the context")
                .containsPattern("top-p +0\\.\\d+ \\(recommended by the model\\)")
                .containsPattern("stats +auto");
        assertThat(result.code()).isZero();
    }

    @Test
    void thinkingIsAskedForByTheNamesOfTheTemplate() throws IOException {
        Path template = Files.writeString(
                folder.resolve("echo.jinja"),
                "{{- raise_exception('thinking ' ~ enable_thinking|default('unset') ~ ' '"
                        + " ~ reasoning_effort|default('unset')) }}");
        Result result = chat(
                "Hi\n/think on\nHi\n/think off\nHi\n/think low\nHi\n/think auto\nHi\n",
                "--chat-template",
                template.toString());
        assertThat(result.err()
                        .lines()
                        .filter(line -> line.startsWith("sluice: "))
                        .map(line -> line.replaceAll(".*: thinking ", "")))
                .containsExactly("unset unset", "True unset", "False unset", "True low", "unset unset");
    }

    @Test
    void statisticsAreToldWhenAskedFor() {
        assertThat(chat("/stats\n").err()).isEqualTo("no answer yet\n");
        assertThat(chat(QUESTION + "\n/stats\n").err()).matches("prompt 15 tok .* · length\\R");
    }

    @Test
    void aConversationThatNoLongerFitsIsRefusedWithWhatToDoAndGoesOnAfterIt() {
        Result result = CommandRun.embedded()
                .in(QUESTION + "\nAnd then?\n/undo\n" + QUESTION + "\n")
                .run("chat", "--temp", "0", "-c", "30");
        assertThat(result.out().lines()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(result.err())
                .contains("(the context of 30 tokens is full: /undo takes back this turn, /clear all of them)")
                .contains("the context holds 30 with the answer")
                .contains("-c, the model was made for 2,048")
                .contains("/undo takes back the last turn and /clear all of them");
        assertThat(result.code()).isEqualTo(2);
    }

    @Test
    void bytesThatAreNoTextAreRefusedByTheirPlace() {
        byte[] lines = (QUESTION + "\nNa\u00efve? \u00e9\n").getBytes(StandardCharsets.UTF_8);
        lines[QUESTION.length() + 4] = '!'; // the second half of the first letter with two bytes
        Result result = CommandRun.embedded().in(lines).run("chat", "--temp", "0", "-n", "3");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains("standard input is not UTF-8 text: byte 0xc3 at offset " + (QUESTION.length() + 3));
        assertThat(result.out()).isEqualTo("Once upon a\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "e\u0301", "Once upon a time. ", "<|im_end|>", "\ud83d\ude00"})
    void aLineOfTenMillionBytesIsRefusedByTheContext(String unit) {
        String text = unit.repeat(10_000_000 / unit.getBytes(StandardCharsets.UTF_8).length) + "?";
        Result result = chat(text + "\n" + QUESTION + "\n");
        assertThat(result.err()).containsPattern("the prompt has [\\d,]+ tokens and the context holds 2,048");
        assertThat(result.out()).isEqualTo(ANSWER + "\n");
    }

    @Test
    void helpFitsEveryScreen() {
        for (int columns : new int[] {40, 80, 200}) {
            Result result = CommandRun.embedded().columns(columns).in("/help\n").run("chat");
            assertThat(result.err().lines()).allMatch(line -> line.length() <= columns);
            assertThat(Slash.words()).allMatch(word -> result.err().contains(word));
        }
    }
}
