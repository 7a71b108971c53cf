package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;

/**
 * An object of a configuration file: immutable, read under limits, with getters that check type and range and whose
 * errors name the file, the key, the value found and the value expected. A key whose value is {@code null} counts as
 * absent. Unknown keys are ignored.
 */
public final class JsonObject {
    /** Largest configuration file; released ones stay below 100 kB, one with an override a module below 1 MB. */
    public static final int MAX_BYTES = 8 << 20;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxDocumentLength(MAX_BYTES)
            .maxNestingDepth(32)
            .maxTokenCount(500_000)
            .maxNameLength(1024)
            .maxStringLength(1 << 20)
            .maxNumberLength(64)
            .build();

    private final String where;
    private final Map<String, Object> values;

    private JsonObject(String where, Map<String, Object> values) {
        this.where = where;
        this.values = Collections.unmodifiableMap(values);
    }

    /** Reads a file whose text is one object. */
    public static JsonObject read(Path file) {
        String name = String.valueOf(file.getFileName());
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw new InvalidModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new InvalidModelException(file + ": larger than " + MAX_BYTES + " bytes; no model needs that");
        }
        return parse(name, bytes);
    }

    /** Reads UTF-8 text; {@code name} stands for the file in messages. */
    public static JsonObject parse(String name, byte[] utf8) {
        try (JsonParser parser = StrictJson.parser(new ByteArrayInputStream(utf8), LIMITS)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new InvalidModelException(
                        name + ": expected a JSON object, found " + StrictJson.kind(parser.currentToken()));
            }
            JsonObject object = object(parser, name);
            if (parser.nextToken() != null) {
                throw new InvalidModelException(name + ": text after the end of the JSON object");
            }
            return object;
        } catch (JacksonException e) {
            throw new InvalidModelException(name + ": not valid JSON: " + StrictJson.reason(e), e);
        }
    }

    private static JsonObject object(JsonParser parser, String where) {
        Map<String, Object> values = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            Object value = value(parser, path(where, key));
            if (value != null) {
                values.put(key, value);
            }
        }
        return new JsonObject(where, values);
    }

    private static @Nullable Object value(JsonParser parser, String where) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser, where);
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser, where));
                }
                yield Collections.unmodifiableList(items);
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> null;
        };
    }

    /** Whole numbers beyond 64 bits (tokenizers write 1e30 in full) become doubles. */
    private static Object integer(JsonParser parser) {
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                ? (Object) parser.getDoubleValue()
                : (Object) parser.getLongValue();
    }

    private static String path(String where, String key) {
        return where + (where.contains(": ") ? "." : ": ") + key;
    }

    /** File and path of this object, such as {@code config.json: text_config}. */
    public String where() {
        return where;
    }

    /** File and path of a key, for messages about it. */
    public String where(String key) {
        return path(where, key);
    }

    /** Keys with a value other than null, in the order of the file. */
    public Set<String> keys() {
        return values.keySet();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** The value as it is: String, Boolean, Long, Double, JsonObject or List; null when absent. */
    public @Nullable Object raw(String key) {
        return values.get(key);
    }

    public @Nullable JsonObject object(String key) {
        return optional(key, JsonObject.class, "an object");
    }

    public @Nullable String string(String key) {
        return optional(key, String.class, "a string");
    }

    public boolean bool(String key, boolean absent) {
        Boolean value = optional(key, Boolean.class, "true or false");
        return value == null ? absent : value;
    }

    /** A whole number that must be there. */
    public int integer(String key, int min, int max) {
        Integer value = optionalInteger(key, min, max);
        if (value == null) {
            throw new InvalidModelException(
                    path(where, key) + " is missing; expected a whole number from " + min + " to " + max);
        }
        return value;
    }

    public int integer(String key, int absent, int min, int max) {
        Integer value = optionalInteger(key, min, max);
        return value == null ? absent : value;
    }

    public @Nullable Integer optionalInteger(String key, int min, int max) {
        Object value = values.get(key);
        if (value == null) {
            return null;
        }
        if (value instanceof Long number && number >= min && number <= max) {
            return number.intValue();
        }
        throw wrong(key, value, "a whole number from " + min + " to " + max);
    }

    /** A finite number within bounds, or null when absent. */
    public @Nullable Double number(String key, double min, double max) {
        Object value = values.get(key);
        if (value == null) {
            return null;
        }
        double number = value instanceof Long whole ? (double) whole : value instanceof Double d ? d : Double.NaN;
        if (number >= min && number <= max) {
            return number;
        }
        throw wrong(key, value, "a number from " + min + " to " + max);
    }

    /** A list of strings, or null when absent. */
    public @Nullable List<String> strings(String key) {
        List<?> items = optional(key, List.class, "a list of strings");
        if (items == null) {
            return null;
        }
        List<String> out = new ArrayList<>(items.size());
        for (Object item : items) {
            if (!(item instanceof String text)) {
                throw wrong(key, items, "a list of strings");
            }
            out.add(text);
        }
        return List.copyOf(out);
    }

    /** A list of whole numbers; a single number counts as a list of one, an absent key as an empty list. */
    public List<Integer> integers(String key, int min, int max) {
        Object value = values.get(key);
        List<?> items = value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
        List<Integer> out = new ArrayList<>(items.size());
        for (Object item : items) {
            if (!(item instanceof Long number) || number < min || number > max) {
                throw wrong(key, value, "whole numbers from " + min + " to " + max);
            }
            out.add(number.intValue());
        }
        return List.copyOf(out);
    }

    /** An error about a key: what was found and what was expected. */
    public InvalidModelException wrong(String key, @Nullable Object found, String expected) {
        return new InvalidModelException(path(where, key) + " is " + show(found) + "; expected " + expected);
    }

    private <T> @Nullable T optional(String key, Class<T> type, String expected) {
        Object value = values.get(key);
        if (value == null) {
            return null;
        }
        if (!type.isInstance(value)) {
            throw wrong(key, value, expected);
        }
        return type.cast(value);
    }

    private static String show(@Nullable Object value) {
        String text = value instanceof String s
                ? '"' + s + '"'
                : value instanceof JsonObject ? "an object" : String.valueOf(value);
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
