package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.StorageException;
import dev.sluice.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Saved conversations: what is written is read again, what is read is checked, what was saved is never lost. */
class TranscriptTest {
    private static final Transcript CONVERSATION = new Transcript(List.of(
            Message.system("You tell \"stories\"."),
            Message.user("Zwölf Boxkämpfer\n\tjagen 😀 <|im_end|>"),
            new Message("assistant", "Once.", "They want\na story.")));

    @TempDir
    Path folder;

    @Test
    void whatIsSavedIsLoadedAgainAndHasALineForEachMessage() throws IOException {
        Path file = folder.resolve("talk.json");
        CONVERSATION.save(file);
        assertThat(Transcript.load(file)).isEqualTo(CONVERSATION);
        assertThat(Files.readAllLines(file)).hasSize(CONVERSATION.messages().size() + 2);
        new Transcript(List.of()).save(file);
        assertThat(Transcript.load(file).messages()).isEmpty();
        assertThat(files()).containsExactly(file);
    }

    @Test
    void aChatTemplateReadsIt() {
        Path model = Fixtures.embeddedModel();
        assertThat(ConversationTemplate.open(model, null).render(Json.object(CONVERSATION.json())))
                .contains("Zwölf Boxkämpfer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | line 1: found start_array, expected an object",
                "{} | line 1: no \"messages\"",
                "{\"model\":1} | line 1: unknown key \"model\", expected \"messages\"",
                "{\"messages\":{}} | line 1: found start_object, expected an array of messages",
                "{\"messages\":[\\n1]} | line 2: found value_number_int, expected a message",
                "{\"messages\":[\\n{\"role\":\"user\"}]} | line 2: a message without \"content\"",
                "{\"messages\":[\\n{\"content\":\"hi\"}]} | line 2: a message without \"role\"",
                "{\"messages\":[\\n\\n{\"role\":\"boss\",\"content\":\"\"}]} | line 3: role \"boss\", expected system",
                "{\"messages\":[{\"role\":\"user\",\\n\"content\":[]}]} | line 2: found start_array, expected a string",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\",\"tool_calls\":1}]} | unknown key \"tool_calls\"",
                "{\"messages\":[{\"role\":\"user\",\"role\":\"user\"}]} | Duplicate",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"\"},\\n{\"role\":\"system\",\"content\":\"\"}]} | line 2: a"
                        + " system message after others",
                "{\"messages\":[]}\\n{} | line 2: text after the end",
                "{\"messages\":[\\n{\"role\":\"us | (line 2",
                "nonsense | not valid JSON"
            })
    void whatIsNoConversationIsRefusedByLine(String json, String message) {
        assertThatThrownBy(() -> Transcript.parse(json.replace("\\n", "\n")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(message);
    }

    @Test
    void bytesThatAreNoTextAreRefusedByOffset() throws IOException {
        Path file = Files.write(folder.resolve("talk.json"), new byte[] {'{', '"', (byte) 0xc3, '"'});
        assertThatThrownBy(() -> Transcript.load(file))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("talk.json is no saved conversation: not UTF-8 text: byte 0xc3 at offset 2");
    }

    @Test
    void aFileThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> Transcript.load(folder.resolve("none.json")))
                .isInstanceOf(StorageException.class)
                .hasMessageEndingWith("none.json cannot be read: no such file or folder");
    }

    @Test
    void whatCannotBeWrittenLeavesNothingBehindAndSaysWhy() throws IOException {
        assertThatThrownBy(() -> CONVERSATION.save(folder.resolve("missing/talk.json")))
                .isInstanceOf(StorageException.class)
                .hasMessageEndingWith("missing/talk.json cannot be written: no such file or folder");
        assertThatThrownBy(() -> CONVERSATION.save(folder))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("is no regular file");
        assertThatThrownBy(() -> CONVERSATION.save(Path.of("/dev/full")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("is no regular file");
        assertThat(files()).isEmpty();
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path file = Files.writeString(folder.resolve("talk.json"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);
        CONVERSATION.save(link);
        assertThat(link).isSymbolicLink();
        assertThat(Transcript.load(file)).isEqualTo(CONVERSATION);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
