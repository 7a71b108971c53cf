package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids against the reference library itself, beyond the cases that were written down. */
class TokenizerOracleTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen3_5"})
    void documentsAndRandomTextsGetTheIdsOfTheReference(String name) throws Exception {
        Tokenizer tokenizer = TokenizerFixtures.tokenizer(name);
        List<String> documents = TokenizerCorpus.documents(41, 200_000);
        SplittableRandom random = new SplittableRandom(43);
        BitSet newer = newerThanTheReference();
        int compared = 0;
        try (DjlTokenizer reference = new DjlTokenizer(name, folder)) {
            for (String text : documents) {
                assertThat(tokenizer.encode(text, Tokenizer.Specials.ALL)).isEqualTo(reference.encode(text));
            }
            for (String text : TokenizerCorpus.rareWords(documents, 47)) {
                assertThat(tokenizer.encode(text, Tokenizer.Specials.ALL)).isEqualTo(reference.encode(text));
            }
            for (int round = 0; round < 2000; round++) {
                String text = TokenizerPropertyTest.randomText(random, 80);
                if (Utf8.nextLoneSurrogate(text, 0) < 0 && text.codePoints().noneMatch(newer::get)) {
                    assertThat(tokenizer.encode(text, Tokenizer.Specials.ALL))
                            .as("round %d", round)
                            .isEqualTo(reference.encode(text));
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(200);
    }

    private static BitSet newerThanTheReference() {
        BitSet newer = new BitSet();
        Object ranges = TokenizerFixtures.object(
                        TokenizerFixtures.object(TokenizerFixtures.document("unicode-classes.json"))
                                .get("nfc_newer"))
                .get("ranges");
        for (Object range : TokenizerFixtures.list(ranges)) {
            int[] bounds = TokenizerFixtures.ids(range);
            newer.set(bounds[0], bounds[1] + 1);
        }
        return newer;
    }
}
