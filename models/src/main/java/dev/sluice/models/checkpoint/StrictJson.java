package dev.sluice.models.checkpoint;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** JSON as the standard has it: UTF-8 only, no duplicate keys, no extensions, under limits. */
@SuppressWarnings("exports") // who asks reads JSON itself
public final class StrictJson {
    /** Behind it the parser names its own source and settings. */
    private static final String DECORATION = " (start marker at ";

    private StrictJson() {}

    /** A parser over UTF-8 bytes; a malformed byte sequence is an error, never replaced. */
    static JsonParser parser(InputStream utf8, StreamReadConstraints limits) {
        Reader strict = new InputStreamReader(
                utf8,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
        // Canonicalised names would share one hash table among hostile keys; ours are looked up once.
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(limits)
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        return factory.createParser(ObjectReadContext.empty(), strict);
    }

    /** What is wrong and where, without the parser's own decorations. */
    public static String reason(JacksonException failure) {
        @Nullable Throwable cause = failure.getCause();
        if (cause instanceof CharacterCodingException) {
            return "it is not valid UTF-8";
        }
        String original = String.valueOf(failure.getOriginalMessage());
        int decoration = original.indexOf(DECORATION);
        String message = decoration < 0 ? original : original.substring(0, decoration);
        String where = failure.getLocation() == null
                ? ""
                : " (line " + failure.getLocation().getLineNr() + ", column "
                        + failure.getLocation().getColumnNr() + ")";
        return message + where;
    }

    /** What a value is called in messages, by its first token; null is the end of the text. */
    public static String kind(@Nullable JsonToken token) {
        return switch (token) {
            case null -> "nothing";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }
}
