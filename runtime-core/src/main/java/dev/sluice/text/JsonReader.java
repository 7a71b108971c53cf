package dev.sluice.text;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.models.checkpoint.StrictJson;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON of requests: nothing is dropped (a null stays a null, a whole number keeps its digits), limits hold. */
public final class JsonReader {
    private static final int MAX_CHARS = 64 << 20;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_CHARS)
                    .maxNestingDepth(64)
                    .maxNameLength(4096)
                    .maxStringLength(MAX_CHARS)
                    .maxNumberLength(400)
                    .maxTokenCount(4_000_000)
                    .build())
            .build();

    private JsonReader() {}

    /**
     * The one value of a text: LinkedHashMap, List, String, Integer, Long, BigInteger, Double, Boolean or null.
     *
     * @throws InvalidRequestException it is no JSON, has a key twice, half a surrogate pair, or exceeds a limit
     */
    public static @Nullable Object read(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), new StringReader(json))) {
            if (parser.nextToken() == null) {
                throw new InvalidRequestException("expected JSON, found nothing");
            }
            Object value = value(parser);
            if (parser.nextToken() != null) {
                throw new InvalidRequestException("text after the end of the JSON value" + place(parser));
            }
            return value;
        } catch (JacksonException e) {
            throw invalid(e);
        }
    }

    static InvalidRequestException invalid(JacksonException e) {
        return new InvalidRequestException("not valid JSON: " + StrictJson.reason(e), e);
    }

    private static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    requireWhole(name, parser);
                    parser.nextToken();
                    fields.put(name, value(parser));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield items;
            }
            case VALUE_STRING -> string(parser);
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    /** The string the parser is at, whose escapes make whole characters: half a pair has no bytes, so no tokens. */
    static String string(JsonParser parser) {
        String text = parser.getString();
        requireWhole(text, parser);
        return text;
    }

    private static void requireWhole(String text, JsonParser parser) {
        int lone = Utf8.nextLoneSurrogate(text, 0);
        if (lone >= 0) {
            throw new InvalidRequestException(String.format(
                    "\\u%04x is half of a surrogate pair, expected both halves%s",
                    (int) text.charAt(lone), place(parser)));
        }
    }

    private static String place(JsonParser parser) {
        TokenStreamLocation at = parser.currentLocation();
        return " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
    }
}
