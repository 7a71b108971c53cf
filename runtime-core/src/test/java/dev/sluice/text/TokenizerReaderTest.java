package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.SluiceException;
import dev.sluice.error.UnsupportedModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a hostile or damaged {@code tokenizer.json} meets. */
class TokenizerReaderTest {
    private static final String ADDED = """
            {"id": 258, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false, \
            "normalized": false, "special": true}""";
    private static final String MERGES = "[\"a b\", [\"ab\", \"c\"]]";
    static final String GOOD = document("\"vocab\": " + vocab() + ", \"merges\": " + MERGES);

    private static String document(String tables) {
        return """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s],
                 "normalizer": {"type": "NFC"},
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                  {"type": "Split", "pattern": {"Regex": "%s"}, "behavior": "Isolated", "invert": false},
                  {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}]},
                 "post_processor": null,
                 "decoder": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "",
                  "end_of_word_suffix": "", "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, %s}}
                """.formatted(ADDED, SplitRule.QWEN3.pattern().replace("\\", "\\\\"), tables);
    }

    /** The 256 bytes with their value as id, "ab" and "abc". */
    private static String vocab() {
        StringBuilder vocab = new StringBuilder("{");
        for (char c = 0; c < 0x200; c++) {
            if (ByteAlphabet.byteOf(c) >= 0) {
                vocab.append(String.format("\"\\u%04x\": %d, ", (int) c, ByteAlphabet.byteOf(c)));
            }
        }
        return vocab + "\"ab\": 256, \"abc\": 257}";
    }

    private static Tokenizer read(String json) {
        return Tokenizer.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "folder/tokenizer.json");
    }

    @Test
    void readsASmallTokenizer() {
        Tokenizer tokenizer = read(GOOD);
        assertThat(tokenizer.size()).isEqualTo(259);
        assertThat(tokenizer.encode("abc<s>ab", Tokenizer.Specials.ALL)).containsExactly(257, 258, 256);
        assertThat(tokenizer.encode("<s>", Tokenizer.Specials.NONE)).containsExactly('<', 's', '>');
        assertThat(tokenizer.idOf("<s>")).isEqualTo(258);
        assertThat(tokenizer.idOf("ab")).isEqualTo(-1);
        assertThat(tokenizer.piece(257)).isEqualTo("abc");
        assertThat(tokenizer.piece(0xE4)).isEqualTo("\\xE4");
        assertThat(tokenizer.piece(258)).isEqualTo("<s>");
    }

    @Test
    void mergesMayStandBeforeTheVocabulary() {
        Tokenizer tokenizer = read(document("\"merges\": " + MERGES + ", \"vocab\": " + vocab()));
        assertThat(tokenizer.encode("abcab", Tokenizer.Specials.NONE)).containsExactly(257, 256);
        assertRefused(
                document("\"merges\": [\"a zz\"], \"vocab\": " + vocab()),
                InvalidModelException.class,
                "model.merges[0]",
                "\"zz\" is not in model.vocab");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "version": "1.0"              | "version": "2.0"                       | unsupported | version: found 2.0, expected 1.0
            "version": "1.0"              | "version": "1.0", "extra": {}          | unsupported | extra: unknown section
            "version": "1.0"              | "version": "1.0", "version": "1.0"     | invalid     | Duplicate Object property "version"
            "truncation": null            | "truncation": {"max_length": 5}        | unsupported | truncation: found {max_length=5}
            "padding": null               | "padding": {}                          | unsupported | padding
            {"type": "NFC"}               | {"type": "NFKC"}                       | unsupported | normalizer.type: found NFKC, expected NFC
            {"type": "NFC"}               | {"type": "NFC", "x": 1}                | unsupported | normalizer: unknown field x
            {"type": "NFC"}               | "NFC"                                  | unsupported | normalizer: found NFC
            "type": "Sequence"            | "type": "Sequences"                    | unsupported | pre_tokenizer.type: found Sequences
            "behavior": "Isolated"        | "behavior": "Removed"                  | unsupported | pre_tokenizer[0].behavior: found Removed
            "invert": false               | "invert": true                         | unsupported | pre_tokenizer[0].invert: found true
            {"Regex": "                   | {"Regex": "(a+)+                      | unsupported | no known split pattern
            {"Regex": "                   | {"String": "                           | unsupported | no known split pattern
            "post_processor": null        | "post_processor": {"type": "TemplateProcessing"} | unsupported | post_processor.type: found TemplateProcessing
            "decoder": {"type": "ByteLevel" | "decoder": {"type": "WordPiece"      | unsupported | decoder.type: found WordPiece
            "decoder": {"type"            | "decoders": {"type"                    | unsupported | decoders: unknown section
            "type": "BPE"                 | "type": "Unigram"                      | unsupported | model.type: found Unigram, expected BPE
            "type": "BPE",                | ``                                     | invalid     | type, vocab or merges is missing
            "dropout": null               | "dropout": 0.1                         | unsupported | model.dropout: found 0.1, expected null
            "unk_token": null             | "unk_token": "<s>"                     | unsupported | model.unk_token: found <s>
            "continuing_subword_prefix": "" | "continuing_subword_prefix": "##"    | unsupported | model.continuing_subword_prefix: found ##
            "fuse_unk": false             | "fuse_unk": true                       | unsupported | model.fuse_unk
            "byte_fallback": false        | "byte_fallback": true                  | unsupported | model.byte_fallback
            "ignore_merges": false        | "ignore_merges": true                  | unsupported | model.ignore_merges
            "dropout": null               | "dropout": null, "x": 1                | unsupported | model: unknown field x
            "ab": 256                     | "ab": 255                              | invalid     | model.vocab[ab]: id 255 has another token
            "ab": 256                     | "ab": 259                              | invalid     | none has the id 256
            "ab": 256                     | "ab": -1                               | invalid     | model.vocab: found -1, expected 0 to 999999
            "ab": 256                     | "ab": 1000000                          | invalid     | model.vocab: found 1000000
            "ab": 256                     | "ab": 99999999999999999999             | invalid     | out of range
            "ab": 256                     | "ab": 256.0                            | invalid     | model.vocab[ab]: found a number, expected an id
            "ab": 256                     | "ab": "256"                            | invalid     | model.vocab[ab]: found a string, expected an id
            "ab": 256                     | "ab": [256]                            | invalid     | model.vocab[ab]: found an array, expected an id
            "ab": 256                     | "ab": 256, "\\u0061\\u0062": 258       | invalid     | model.vocab[ab]: the token stands there twice
            "ab": 256                     | "a b": 256                             | unsupported | model.vocab[a b]: not written in byte-level
            "ab": 256                     | "": 256                                | unsupported | model.vocab[]: not written in byte-level
            "\\u0041": 65,                | ``                                     | invalid     | no token for the byte 65
            "\\u0041": 65                 | "zz": 65                               | invalid     | no token for the byte 65
            "vocab": {                    | "vocab": [], "x": {                    | invalid     | model.vocab: found an array, expected an object
            "a b"                         | "a"                                    | invalid     | model.merges[0]: found "a", expected two tokens and a blank
            "a b"                         | "a b c"                                | invalid     | model.merges[0]: "b c" is not in model.vocab
            "a b"                         | " a"                                   | invalid     | model.merges[0]: "" is not in model.vocab
            "a b"                         | "a zz"                                 | invalid     | model.merges[0]: "zz" is not in model.vocab
            "a b"                         | "b a"                                  | invalid     | model.merges[0]: the joined token is not in model.vocab
            "a b"                         | "a b", "a b"                           | invalid     | model.merges[1]: the same pair stands earlier
            "a b"                         | 7                                      | invalid     | model.merges[0]: found a whole number
            "a b"                         | null                                   | invalid     | model.merges[0]: found null
            ["ab", "c"]                   | ["ab"]                                 | invalid     | model.merges[1]: a pair has two strings
            ["ab", "c"]                   | ["ab", "c", "d"]                       | invalid     | model.merges[1]: a pair has two strings
            ["ab", "c"]                   | ["ab", 5]                              | invalid     | model.merges[1]: a pair has two strings
            "id": 258                     | "id": 259                              | invalid     | none has the id 258
            "id": 258                     | "id": 256                              | invalid     | contradicts model.vocab
            "id": 258                     | "id": 1000000                          | invalid     | added_tokens[0]: id 1000000
            "id": 258                     | "id": "258"                            | invalid     | added_tokens[0].id: found 258, expected an id
            "content": "<s>"              | "content": "ab"                        | invalid     | contradicts model.vocab
            "content": "<s>"              | "content": ""                          | invalid     | added_tokens[0].content
            "content": "<s>"              | "content": 5                           | invalid     | added_tokens[0].content
            "content": "<s>"              | "content": "\\ud800"                   | invalid     | a surrogate without its partner
            "lstrip": false               | "lstrip": 0                            | invalid     | added_tokens[0].lstrip: found 0, expected true or false
            "lstrip": false,              | ``                                     | invalid     | added_tokens[0].lstrip: found null
            "lstrip": false               | "lstrip": false, "x": 1                | unsupported | added_tokens[0]: unknown field x
            "lstrip": false               | "lstrip": false, "lstrip": true        | invalid     | Duplicate Object property "lstrip"
            """)
    void namesThePlaceThatItRefuses(String found, String edited, String kind, String message) {
        assertThat(GOOD).contains(found);
        assertRefused(
                GOOD.replace(found, edited == null ? "" : edited),
                kind.equals("invalid") ? InvalidModelException.class : UnsupportedModelException.class,
                message);
    }

    @Test
    void refusesWhatStandsTwiceOrBehindTheEnd() {
        assertRefused(GOOD.replace(ADDED, ADDED + ", " + ADDED), InvalidModelException.class, "two tokens for one id");
        assertRefused(
                GOOD.replace(ADDED, ADDED + ", " + ADDED.replace("258", "259")),
                InvalidModelException.class,
                "two ids for one text");
        assertRefused(GOOD + "{}", InvalidModelException.class, "after its end");
    }

    @Test
    void refusesDeepAndHugeValues() {
        String normalizer = "{\"type\": \"NFC\"}";
        assertRefused(GOOD.replace(normalizer, "[".repeat(100_000)), InvalidModelException.class, "nesting depth");
        assertRefused(
                GOOD.replace(normalizer, "\"" + "x".repeat(5 << 20) + "\""), InvalidModelException.class, "length");
        assertRefused(GOOD.replace("\"ab\"", "\"" + "a".repeat(10_000) + "\""), InvalidModelException.class, "length");
        assertRefused(GOOD.replace("<s>", "x".repeat(513)), InvalidModelException.class, "added_tokens[0].content");
        assertRefused(GOOD + " ".repeat(65 << 20), InvalidModelException.class, "maximum allowed");
    }

    @Test
    void refusesHugeCountsBeforeTheyCostMuch() {
        String added = ADDED.replace("258", "%d").replace("<s>", "<%d>");
        StringBuilder many = new StringBuilder(added.formatted(258, 258));
        for (int id = 259; id < 258 + 10_001; id++) {
            many.append(", ").append(added.formatted(id, id));
        }
        assertRefused(GOOD.replace(ADDED, many), InvalidModelException.class, "more than 10000");
        StringBuilder merges = new StringBuilder("[\"a b\"");
        merges.repeat(", \"a b\"", 2_000_000);
        assertRefused(GOOD.replace(MERGES, merges + "]"), InvalidModelException.class, "more than 2000000 merges");
    }

    /** Pairs that all fall on one slot would cost a scan of the table each. */
    @Test
    void refusesCollidingPairs() {
        PairTable table = new PairTable(100_000);
        PairTable.Put put = PairTable.Put.DONE;
        int tries = 0;
        for (int left = 0; left < PairTable.MAX_ID && put == PairTable.Put.DONE; left++) {
            for (int right = 0; right < 16 && put == PairTable.Put.DONE; right++) {
                long slot = ((((long) left << 20) | right) * 0x9E3779B97F4A7C15L) >>> 46;
                if (slot < 64) {
                    put = table.put(left, right, 1);
                    tries++;
                }
            }
        }
        assertThat(put).isEqualTo(PairTable.Put.TOO_MANY_COLLISIONS);
        assertThat(tries).isBetween(PairTable.MAX_PROBES, PairTable.MAX_PROBES + 65);
    }

    @Test
    void everyTruncationIsRefused() {
        for (int length = 0; length < GOOD.stripTrailing().length(); length++) {
            String cut = GOOD.substring(0, length);
            assertThat(catchThrowable(() -> read(cut))).as("%d", length).isInstanceOf(SluiceException.class);
        }
    }

    @Test
    void idsOutsideTheTokenizerAreRefused() {
        Tokenizer tokenizer = read(GOOD);
        for (int id : new int[] {-1, 259, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> tokenizer.decode(new int[] {id}, false))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("token id " + id + ": the tokenizer has 259 ids");
            assertThatThrownBy(() -> tokenizer.tokenBytes(id)).isInstanceOf(InvalidRequestException.class);
            assertThat(tokenizer.isSpecial(id)).isFalse();
        }
    }

    @Test
    void missingAndOversizedFilesAreNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        assertThatThrownBy(() -> Tokenizer.load(file))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining(file.toString());
        byte[] blanks = new byte[(64 << 20) + 1];
        Arrays.fill(blanks, (byte) ' ');
        Files.write(file, blanks);
        assertThatThrownBy(() -> Tokenizer.load(file))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("67108865 bytes, expected at most 67108864");
    }

    @Test
    void theConfigBesideTheFileAddsTokensButMayNotContradict(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), GOOD);
        Path config = folder.resolve("tokenizer_config.json");
        String token = ADDED.replace("\"id\": 258, ", "");
        Files.writeString(
                config,
                "{\"chat_template\": [{}], \"added_tokens_decoder\": {\"258\": " + token + ", \"259\": "
                        + token.replace("<s>", "<t>") + "}}");
        Tokenizer tokenizer = Tokenizer.load(file);
        assertThat(tokenizer.size()).isEqualTo(260);
        assertThat(tokenizer.encode("<t><s>", Tokenizer.Specials.ALL)).containsExactly(259, 258);

        Files.writeString(config, "{\"added_tokens_decoder\": {\"258\": " + token.replace("<s>", "<t>") + "}}");
        assertThatThrownBy(() -> Tokenizer.load(file))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("two tokens for one id");
        Files.writeString(config, "{\"added_tokens_decoder\": {\"0x102\": " + token + "}}");
        assertThatThrownBy(() -> Tokenizer.load(file))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("added_tokens_decoder[0x102]: the key is no id");
    }

    private static void assertRefused(String json, Class<? extends SluiceException> type, String... messages) {
        assertThatThrownBy(() -> read(json))
                .isExactlyInstanceOf(type)
                .hasMessageStartingWith("folder/tokenizer.json: ")
                .hasMessageContainingAll(messages);
    }
}
