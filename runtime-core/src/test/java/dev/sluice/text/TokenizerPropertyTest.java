package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenizerPropertyTest {
    private static Tokenizer qwen3;
    private static Tokenizer qwen35;

    @BeforeAll
    static void load() {
        qwen3 = TokenizerFixtures.tokenizer("qwen3");
        qwen35 = TokenizerFixtures.tokenizer("qwen3_5");
    }

    /** Mostly ASCII, the rest from all planes, with marks, white space and lone surrogates. */
    static String randomText(SplittableRandom random, int maxLength) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(maxLength); i > 0; i--) {
            switch (random.nextInt(10)) {
                case 0 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                case 1 -> text.append((char) random.nextInt(0x3000));
                case 2 -> text.append(" \t\n\r\u00A0\u2003\u3000".charAt(random.nextInt(7)));
                case 3 -> text.append((char) random.nextInt(0x300, 0x370));
                case 4 -> text.append((char) random.nextInt(0x4E00, 0xA000));
                default -> text.append((char) random.nextInt(0x20, 0x7F));
            }
        }
        return text.toString();
    }

    private static String normal(String text) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = 0; i < clean.length(); i++) {
            boolean paired = Character.isHighSurrogate(clean.charAt(i))
                    && i + 1 < clean.length()
                    && Character.isLowSurrogate(clean.charAt(i + 1));
            if (paired) {
                i++;
            } else if (Character.isSurrogate(clean.charAt(i))) {
                clean.setCharAt(i, '\uFFFD');
            }
        }
        return Normalizer.normalize(clean, Normalizer.Form.NFC);
    }

    @Test
    void decodingAnEncodedTextGivesItsNormalForm() {
        SplittableRandom random = new SplittableRandom(17);
        for (int round = 0; round < 5000; round++) {
            String text = randomText(random, 120);
            for (Tokenizer tokenizer : List.of(qwen3, qwen35)) {
                int[] ids = tokenizer.encode(text, Tokenizer.Specials.NONE);
                assertThat(tokenizer.decode(ids, true)).as("round %d", round).isEqualTo(normal(text));
                StreamDecoder decoder = tokenizer.streamDecoder(false);
                StringBuilder streamed = new StringBuilder();
                for (int id : ids) {
                    decoder.append(id, streamed);
                }
                assertThat(streamed + decoder.flush()).isEqualTo(normal(text));
            }
        }
    }

    @Test
    void appendingGivesTheSameIdsAsOneCall() {
        SplittableRandom random = new SplittableRandom(29);
        IdList list = new IdList();
        for (int round = 0; round < 200; round++) {
            String text = randomText(random, 60);
            int before = list.size();
            qwen3.encode(new StringBuilder(text), Tokenizer.Specials.ALL, list);
            int[] all = list.toArray();
            assertThat(Arrays.copyOfRange(all, before, all.length))
                    .isEqualTo(qwen3.encode(text, Tokenizer.Specials.ALL));
        }
    }

    @Test
    void threadsThatShareATokenizerGetTheIdsOfOneAlone() throws Exception {
        List<String> documents = TokenizerCorpus.documents(31, 300_000);
        Tokenizer alone = TokenizerFixtures.tokenizer("qwen3_5");
        List<int[]> expected = documents.stream()
                .map(text -> alone.encode(text, Tokenizer.Specials.ALL))
                .toList();
        Callable<List<int[]>> work = () -> documents.stream()
                .map(text -> qwen35.encode(text, Tokenizer.Specials.ALL))
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<List<int[]>> result : threads.invokeAll(List.of(work, work, work, work))) {
                assertThat(result.get().toArray(int[][]::new)).isDeepEqualTo(expected.toArray(int[][]::new));
            }
        }
    }
}
