package dev.sluice.text;

import static dev.sluice.text.TokenizerFixtures.ids;
import static dev.sluice.text.TokenizerFixtures.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every case of {@code fixtures/tokenizer}; the counts make sure that none is left out. */
class TokenizerGoldenTest {
    private static final Map<String, Tokenizer> TOKENIZERS = new HashMap<>();

    @BeforeAll
    static void load() {
        for (String name : List.of("qwen3", "qwen3_5")) {
            TOKENIZERS.put(name, TokenizerFixtures.tokenizer(name));
        }
    }

    @ParameterizedTest
    @CsvSource({"qwen3, 1281", "qwen3_5, 1309"})
    void textsEncodeAndDecodeAsInTheReference(String name, int expectedCases) {
        Tokenizer tokenizer = TOKENIZERS.get(name);
        SoftAssertions softly = new SoftAssertions();
        int checked = 0;
        for (Map<String, Object> golden : TokenizerFixtures.lines(name + ".jsonl")) {
            String label = (String) golden.get("name");
            Tokenizer.Specials specials =
                    Tokenizer.Specials.valueOf(((String) golden.get("allowed_special")).toUpperCase(Locale.ROOT));
            int[] ids = ids(golden.get("ids"));
            String decoded = (String) golden.get("decoded");
            String skipped = (String) golden.getOrDefault("decoded_skip_special", decoded);
            softly.assertThat(tokenizer.encode((String) golden.get("text"), specials))
                    .as(label)
                    .isEqualTo(ids);
            softly.assertThat(tokenizer.decode(ids, false)).as(label).isEqualTo(decoded);
            softly.assertThat(tokenizer.decode(ids, true)).as(label).isEqualTo(skipped);
            checked++;
        }
        softly.assertAll();
        assertThat(checked).isEqualTo(expectedCases);
    }

    @Test
    void streamsComeOutAsInTheReference() {
        SoftAssertions softly = new SoftAssertions();
        int checked = 0;
        for (Map<String, Object> golden : TokenizerFixtures.lines("stream.jsonl")) {
            String label = (String) golden.get("name");
            Tokenizer tokenizer = TOKENIZERS.get((String) golden.get("tokenizer"));
            boolean skip = (Boolean) golden.get("skip_special_tokens");
            int[] ids = ids(golden.get("ids"));
            StreamDecoder decoder = tokenizer.streamDecoder(skip);
            List<String> emitted = new ArrayList<>();
            for (int id : ids) {
                emitted.add(decoder.next(id));
            }
            String flush = decoder.flush();
            softly.assertThat(emitted).as(label).isEqualTo(TokenizerFixtures.strings(golden.get("emitted")));
            softly.assertThat(flush).as(label).isEqualTo(golden.get("flush"));
            softly.assertThat(String.join("", emitted) + flush).as(label).isEqualTo(golden.get("text"));
            softly.assertThat(tokenizer.decode(ids, skip)).as(label).isEqualTo(golden.get("text"));
            checked++;
        }
        softly.assertAll();
        assertThat(checked).isEqualTo(426);
    }

    @Test
    void flagsOfAddedTokensActAsInTheReference() {
        String document = new String(TokenizerFixtures.json("qwen3"), StandardCharsets.UTF_8);
        int start = document.indexOf("\"added_tokens\"");
        int end = document.indexOf("\"normalizer\"");
        Map<Object, Tokenizer> tokenizers = new HashMap<>();
        SoftAssertions softly = new SoftAssertions();
        int checked = 0;
        for (Map<String, Object> golden : TokenizerFixtures.lines("added-flags.jsonl")) {
            assertThat(golden.get("tokenizer")).isEqualTo("qwen3");
            Tokenizer tokenizer = tokenizers.computeIfAbsent(golden.get("added_tokens"), list -> {
                String json = document.substring(0, start) + "\"added_tokens\": " + addedTokens(list) + ", "
                        + document.substring(end);
                return Tokenizer.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "edited");
            });
            String label = (String) golden.get("name");
            int[] ids = ids(golden.get("ids"));
            softly.assertThat(tokenizer.encode((String) golden.get("text"), Tokenizer.Specials.ALL))
                    .as(label)
                    .isEqualTo(ids);
            if (golden.containsKey("decoded")) {
                softly.assertThat(tokenizer.decode(ids, false)).as(label).isEqualTo(golden.get("decoded"));
                softly.assertThat(tokenizer.decode(ids, true)).as(label).isEqualTo(golden.get("decoded_skip_special"));
            }
            checked++;
        }
        softly.assertAll();
        assertThat(checked).isEqualTo(59);
    }

    private static String addedTokens(Object list) {
        return TokenizerFixtures.list(list).stream()
                .map(token -> object(token).entrySet().stream()
                        .map(field -> "\"" + field.getKey() + "\": " + literal(field.getValue()))
                        .collect(Collectors.joining(", ", "{", "}")))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String literal(Object value) {
        return value instanceof String text ? "\"" + text + "\"" : value.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen3_5"})
    void bytesOfAllTokensHaveTheReferenceDigest(String name) throws Exception {
        Map<String, Object> golden =
                object(object(TokenizerFixtures.document("digests.json")).get(name));
        Tokenizer tokenizer = TOKENIZERS.get(name);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        for (int id = 0; id < tokenizer.size(); id++) {
            byte[] bytes = tokenizer.tokenBytes(id);
            digest.update(length.putInt(0, bytes.length).array());
            digest.update(bytes);
        }
        assertThat((long) tokenizer.size()).isEqualTo(golden.get("ids"));
        assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(golden.get("token_bytes_sha256"));
        int[] special = IntStream.range(0, tokenizer.size())
                .filter(tokenizer::isSpecial)
                .toArray();
        assertThat(special).isEqualTo(ids(golden.get("special")));
    }
}
