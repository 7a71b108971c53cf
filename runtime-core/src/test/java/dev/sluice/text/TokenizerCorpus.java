package dev.sluice.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Mixed documents of a few kilobytes, made from the fixture texts; the same for the same seed. */
final class TokenizerCorpus {
    private TokenizerCorpus() {}

    /** Documents of 2 to 8 KB, {@code bytes} in all: prose, code, data, markdown and scripts of many kinds. */
    static List<String> documents(long seed, int bytes) {
        List<String> texts = new ArrayList<>(TokenizerFixtures.strings(TokenizerFixtures.document("paragraphs.json")));
        for (Map<String, Object> golden : TokenizerFixtures.lines("qwen3.jsonl")) {
            String text = (String) golden.get("text");
            if (text.length() <= 4000) {
                texts.add(text);
            }
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<String> documents = new ArrayList<>();
        int total = 0;
        while (total < bytes) {
            StringBuilder document = new StringBuilder();
            int length = random.nextInt(2000, 8000);
            while (document.length() < length) {
                document.append(texts.get(random.nextInt(texts.size()))).append(random.nextInt(3) == 0 ? "\n\n" : " ");
            }
            documents.add(document.toString());
            total += document.toString().getBytes(StandardCharsets.UTF_8).length;
        }
        return documents;
    }

    /** The documents with the letters a-z of each replaced by random ones: nearly every word is new, no cache helps. */
    static List<String> rareWords(List<String> documents, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return documents.stream()
                .map(document -> {
                    char[] text = document.toCharArray();
                    for (int i = 0; i < text.length; i++) {
                        if (text[i] >= 'a' && text[i] <= 'z') {
                            text[i] =
                                    "eeeettttaaaooonnniiisshhrrddlluuccmmffwwggyyppbvkjxqz".charAt(random.nextInt(53));
                        }
                    }
                    return new String(text);
                })
                .toList();
    }
}
