package dev.sluice.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonObjectTest {
    @Test
    void readsEveryKindOfValue() {
        JsonObject json = parse("{\"i\": 5, \"d\": 1e-06, \"big\": 1000000000000000019884624838656, \"s\": \"x\","
                + " \"t\": true, \"n\": null, \"l\": [1, 2], \"o\": {\"k\": [\"a\"]}, \"m\": [1, \"a\", null, {}]}");
        assertThat(json.integer("i", 0, 9)).isEqualTo(5);
        assertThat(json.number("d", 0, 1)).isEqualTo(1e-6);
        assertThat(json.number("i", 0, 9)).isEqualTo(5.0);
        assertThat(json.raw("big")).isEqualTo(1e30);
        assertThat(json.string("s")).isEqualTo("x");
        assertThat(json.bool("t", false)).isTrue();
        assertThat(json.has("n")).isFalse();
        assertThat(json.integer("n", 7, 0, 9)).isEqualTo(7);
        assertThat(json.integers("l", 0, 9)).containsExactly(1, 2);
        assertThat(json.integers("i", 0, 9)).containsExactly(5);
        assertThat(json.integers("absent", 0, 9)).isEmpty();
        assertThat(json.object("o").strings("k")).containsExactly("a");
        assertThat(json.keys()).containsExactly("i", "d", "big", "s", "t", "l", "o", "m");
    }

    @Test
    void errorsNameFileKeyFoundAndExpected() {
        JsonObject json = parse("{\"a\": {\"b\": {\"c\": \"text\", \"d\": 3}}}");
        JsonObject inner = json.object("a").object("b");
        assertThatThrownBy(() -> inner.integer("c", 1, 4))
                .isInstanceOf(InvalidModelException.class)
                .hasMessage("config.json: a.b.c is \"text\"; expected a whole number from 1 to 4");
        assertThatThrownBy(() -> inner.integer("e", 1, 4))
                .hasMessage("config.json: a.b.e is missing; expected a whole number from 1 to 4");
        assertThatThrownBy(() -> inner.object("d")).hasMessage("config.json: a.b.d is 3; expected an object");
        assertThatThrownBy(() -> inner.strings("d")).hasMessage("config.json: a.b.d is 3; expected a list of strings");
        assertThatThrownBy(() -> inner.bool("c", true)).hasMessageContaining("expected true or false");
        assertThatThrownBy(() -> inner.number("c", 0, 1)).hasMessageContaining("expected a number from 0.0 to 1.0");
        assertThatThrownBy(() -> json.string("a")).hasMessage("config.json: a is an object; expected a string");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | expected a JSON object, found nothing",
                "[1] | expected a JSON object, found an array",
                "{\"a\": 1, \"a\": 2} | Duplicate",
                "{\"a\": {\"b\": 1, \"b\": 1}} | Duplicate",
                "{\"a\": 01} | not valid JSON",
                "{\"a\": NaN} | not valid JSON",
                "{\"a\": 'x'} | not valid JSON",
                "{\"a\": 1,} | not valid JSON",
                "{\"a\": 1} {} | text after the end",
                "{\"a\": | not valid JSON",
                "{ | Unexpected end-of-input: expected close marker for Object (line 1, column 2)",
                "{\"a\": 1e999999999999999999999999999999999999999999999999999999999999999999} | config.json",
            })
    void refusesWhatIsNotStrictJson(String text, String message) {
        assertThatThrownBy(() -> parse(text).number("a", 0, 1))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageStartingWith("config.json")
                .hasMessageContaining(message);
    }

    @Test
    void limits(@TempDir Path folder) throws IOException {
        for (String text : List.of(
                "{\"a\":".repeat(100_000),
                "{\"a\": " + "[".repeat(100_000),
                "{\"a\": \"" + "x".repeat(2 << 20) + "\"}",
                "{\"" + "x".repeat(2000) + "\": 1}",
                "{\"a\": [" + "1,".repeat(600_000) + "1]}",
                "{\"a\": " + "1".repeat(100_000) + "}")) {
            assertThatThrownBy(() -> parse(text))
                    .as(text.substring(0, 9))
                    .isInstanceOf(InvalidModelException.class)
                    .hasMessageContaining("config.json: not valid JSON");
        }
        Path big = folder.resolve("config.json");
        Files.write(big, new byte[JsonObject.MAX_BYTES + 1]);
        assertThatThrownBy(() -> JsonObject.read(big)).hasMessageContaining("larger than");
        assertThatThrownBy(() -> JsonObject.parse("c", new byte[] {'{', '"', (byte) 0xFF, '"', ':', '1', '}'}))
                .hasMessage("c: not valid JSON: it is not valid UTF-8");
        assertThatThrownBy(() -> JsonObject.parse("c", "{}".getBytes(StandardCharsets.UTF_16LE)))
                .isInstanceOf(InvalidModelException.class);
    }

    private static JsonObject parse(String text) {
        return JsonObject.parse("config.json", text.getBytes(StandardCharsets.UTF_8));
    }
}
