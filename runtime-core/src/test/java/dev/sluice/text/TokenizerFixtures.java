package dev.sluice.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The tokenizer files and cases of {@code fixtures/}. */
final class TokenizerFixtures {
    static final Path ROOT = Path.of(System.getProperty("sluice.fixtures"));

    private TokenizerFixtures() {}

    /** {@code qwen3} or {@code qwen3_5}, read from its bytes. */
    static Tokenizer tokenizer(String name) {
        return Tokenizer.read(new ByteArrayInputStream(json(name)), name + "/tokenizer.json");
    }

    /** The bytes of a {@code tokenizer.json}. */
    static byte[] json(String name) {
        try (InputStream in = Files.newInputStream(ROOT.resolve("tokenizers/" + name + "/tokenizer.json.gz"));
                InputStream json = new GZIPInputStream(in)) {
            return json.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The objects of a file with one JSON object a line. */
    static List<Map<String, Object>> lines(String file) {
        try {
            List<Map<String, Object>> cases = new ArrayList<>();
            for (String line : Files.readAllLines(ROOT.resolve("tokenizer").resolve(file), StandardCharsets.US_ASCII)) {
                cases.add(object(parse(line.getBytes(StandardCharsets.US_ASCII), file)));
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A whole JSON file. */
    static Object document(String file) {
        try {
            return parse(Files.readAllBytes(ROOT.resolve("tokenizer").resolve(file)), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object parse(byte[] json, String source) {
        try (TokenizerJson reader = TokenizerJson.open(new ByteArrayInputStream(json), source)) {
            reader.parser().nextToken();
            return reader.value();
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) {
        return (List<Object>) value;
    }

    static List<String> strings(Object value) {
        return list(value).stream().map(String.class::cast).toList();
    }

    static int[] ids(Object value) {
        return list(value).stream().mapToInt(id -> Math.toIntExact((Long) id)).toArray();
    }
}
