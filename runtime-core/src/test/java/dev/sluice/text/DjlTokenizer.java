package dev.sluice.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** The reference library, called through its Java binding; stays offline. */
final class DjlTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;

    /** Writes the named fixture to {@code folder}, because the library reads files only. */
    DjlTokenizer(String name, Path folder) throws IOException {
        // read when its classes load: without them it would look for a GPU build and download it
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty(
                "DJL_CACHE_DIR", Path.of("target", "djl").toAbsolutePath().toString());
        Path file = folder.resolve(name + ".json");
        Files.write(file, TokenizerFixtures.json(name));
        tokenizer = HuggingFaceTokenizer.builder()
                .optTokenizerPath(file)
                .optAddSpecialTokens(false)
                .optTruncation(false)
                .optPadding(false)
                .build();
    }

    int[] encode(String text) {
        return ids(tokenizer.encode(text));
    }

    /** All texts at once, on as many threads as the library likes. */
    List<int[]> encodeAll(List<String> texts) {
        return List.of(tokenizer.batchEncode(texts)).stream()
                .map(DjlTokenizer::ids)
                .toList();
    }

    private static int[] ids(Encoding encoding) {
        return LongStream.of(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
