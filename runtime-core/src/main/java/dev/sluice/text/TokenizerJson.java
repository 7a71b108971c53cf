package dev.sluice.text;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.checkpoint.StrictJson;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** A JSON file of a tokenizer under limits, read from front to back, with errors that name the file and the place. */
final class TokenizerJson implements AutoCloseable {
    /** Largest file that is read. Known ones have 11 to 13 MB. */
    static final long MAX_BYTES = 64L << 20;

    private static final int MAX_DEPTH = 32;
    private static final int MAX_NAME_CHARS = 4096;
    private static final int MAX_STRING_CHARS = 4 << 20;
    private static final int MAX_NUMBER_CHARS = 32;
    private static final long MAX_JSON_TOKENS = 16_000_000;
    private static final int MAX_PROBLEM = 500;

    private final JsonParser parser;
    private final String source;

    private TokenizerJson(JsonParser parser, String source) {
        this.parser = parser;
        this.source = source;
    }

    /** Opens {@code in}; {@code source} names it in errors. */
    static TokenizerJson open(InputStream in, String source) {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // 250 k different names would only fill the symbol table
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxDocumentLength(MAX_BYTES)
                        .maxNestingDepth(MAX_DEPTH)
                        .maxNameLength(MAX_NAME_CHARS)
                        .maxStringLength(MAX_STRING_CHARS)
                        .maxNumberLength(MAX_NUMBER_CHARS)
                        .maxTokenCount(MAX_JSON_TOKENS)
                        .build())
                .build();
        return new TokenizerJson(factory.createParser(ObjectReadContext.empty(), in), source);
    }

    JsonParser parser() {
        return parser;
    }

    @Override
    public void close() {
        parser.close();
    }

    /** The file contradicts its format. */
    InvalidModelException invalid(String where, String problem) {
        return new InvalidModelException(source + ": " + where + ": " + shortened(problem)
                + ". The file is damaged or was edited: fetch it again.");
    }

    /** A value of the file may have millions of characters. */
    private static String shortened(String problem) {
        return problem.length() <= MAX_PROBLEM ? problem : problem.substring(0, MAX_PROBLEM) + "...";
    }

    /** The file asks for something that this tokenizer does not do. */
    UnsupportedModelException unsupported(String where, String problem) {
        return new UnsupportedModelException(source + ": " + where + ": " + shortened(problem)
                + ". Only byte-level BPE tokenizers like Qwen's are supported.");
    }

    /** Steps to the next field of the current object, with the parser on its value; null at the end of the object. */
    @Nullable
    String nextField() {
        String name = parser.nextName();
        if (name != null) {
            parser.nextToken();
        }
        return name;
    }

    /** Demands that the parser stands on {@code token}. */
    void require(JsonToken token, String where) {
        if (parser.currentToken() != token) {
            throw invalid(
                    where, "found " + StrictJson.kind(parser.currentToken()) + ", expected " + StrictJson.kind(token));
        }
    }

    /** The whole number under the parser, which must lie in {@code 0 .. bound - 1}. */
    int index(int bound, String where) {
        require(JsonToken.VALUE_NUMBER_INT, where);
        long value = parser.getLongValue();
        if (value < 0 || value >= bound) {
            throw invalid(where, "found " + value + ", expected 0 to " + (bound - 1));
        }
        return (int) value;
    }

    /** The value under the parser as maps, lists, strings, numbers and booleans; for the small sections of the file. */
    @Nullable
    Object value() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                for (String name = nextField(); name != null; name = nextField()) {
                    fields.put(name, value());
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value());
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /**
     * Demands an object with exactly these values. Fields in {@code ignored} may have any value, because they change nothing
     * here (offsets, for instance); others are refused.
     */
    void requireObject(
            String where, @Nullable Object value, Map<String, ? extends Object> required, Set<String> ignored) {
        if (!(value instanceof Map<?, ?> fields)) {
            throw unsupported(where, "found " + value + ", expected an object with " + required);
        }
        for (Map.Entry<String, ? extends Object> entry : required.entrySet()) {
            Object found = fields.get(entry.getKey());
            if (!Objects.equals(found, entry.getValue())) {
                throw unsupported(where + "." + entry.getKey(), "found " + found + ", expected " + entry.getValue());
            }
        }
        for (Object name : fields.keySet()) {
            if (!required.containsKey(name) && !ignored.contains(name)) {
                throw unsupported(where, "unknown field " + name);
            }
        }
    }
}
