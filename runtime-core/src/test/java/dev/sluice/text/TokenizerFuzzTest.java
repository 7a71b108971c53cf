package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Fuzz;
import dev.sluice.testing.JsonDamage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TokenizerFuzzTest {
    private static final String CONFIG = """
            {"add_prefix_space": false, "added_tokens_decoder": {
             "258": {"content": "<s>", "lstrip": false, "normalized": false, "rstrip": false, "single_word": false,
              "special": true},
             "259": {"content": "<think>", "lstrip": true, "normalized": true, "rstrip": true, "single_word": false,
              "special": false}},
             "additional_special_tokens": ["<s>"], "bos_token": null, "chat_template": [{"name": "default",
             "template": "{{ messages }}"}], "eos_token": {"content": "<s>"}, "model_max_length": 262144}
            """;

    private final JsonDamage files = new JsonDamage(List.of(TokenizerReaderTest.GOOD.getBytes(StandardCharsets.UTF_8)));
    private final JsonDamage configs = new JsonDamage(List.of(CONFIG.getBytes(StandardCharsets.UTF_8)));

    private final Fuzz<byte[]> file =
            new Fuzz<>("tokenizer", files::damaged, JsonDamage::isJson, TokenizerFuzzTest::readFile, 16 << 20);

    private final Fuzz<byte[]> config = new Fuzz<>(
            "tokenizer-config",
            configs::damaged,
            JsonDamage::isJson,
            text -> TokenizerReader.addedTokensOfConfig(new ByteArrayInputStream(text), "tokenizer_config.json"),
            8 << 20);

    @Test
    void damagedTokenizersAreReadOrRefused() {
        file.run(1, 100_000);
    }

    @Test
    void damagedTokenizerConfigurationsAreReadOrRefused() {
        config.run(1, 100_000);
    }

    @Test
    @Tag("full")
    void manyDamagedTokenizersAreReadOrRefused() {
        file.run(2, 1_000_000);
        config.run(2, 1_000_000);
    }

    /** What is accepted encodes, and decodes what it encoded. */
    private static void readFile(byte[] text) {
        Tokenizer tokenizer = Tokenizer.read(new ByteArrayInputStream(text), "tokenizer.json");
        int[] ids = tokenizer.encode("abc\u00e9 ab\n", Tokenizer.Specials.NONE);
        assertThat(tokenizer.decode(ids, false)).isEqualTo("abc\u00e9 ab\n");
        for (int id : tokenizer.encode("a<s> b<think>", Tokenizer.Specials.ALL)) {
            assertThat(id).isBetween(0, tokenizer.size() - 1);
        }
    }
}
