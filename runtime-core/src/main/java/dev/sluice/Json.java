package dev.sluice;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.text.JsonReader;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON as plain values: maps with string keys, lists, strings, numbers, booleans and null. */
public final class Json {
    private Json() {}

    /**
     * Reads one value; depth, lengths and counts are limited, keys must differ.
     *
     * @throws InvalidRequestException it is no JSON or exceeds a limit
     */
    public static @Nullable Object parse(String json) {
        return JsonReader.read(json);
    }

    /**
     * Reads one object; the keys keep their order.
     *
     * @throws InvalidRequestException it is something else, no JSON, or exceeds a limit
     */
    @SuppressWarnings("unchecked") // the reader makes keys of strings only
    public static Map<String, @Nullable Object> object(String json) {
        Object value = parse(json);
        if (value instanceof Map<?, ?>) {
            return (Map<String, @Nullable Object>) value;
        }
        throw new InvalidRequestException("expected a JSON object, found " + kind(value));
    }

    /** What a value is called in messages. */
    static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> _ -> "an object";
            case List<?> _ -> "an array";
            case String _ -> "a string";
            case Boolean bool -> bool.toString();
            default -> "the number " + value;
        };
    }

    /**
     * Writes a value on one line, in ASCII but for printable characters of other scripts. A lone surrogate is escaped.
     *
     * @throws IllegalArgumentException a value of another kind, or a number that JSON cannot say
     */
    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        switch (value) {
            case String text -> string(text, out);
            case Map<?, ?> map -> map(map, out);
            case List<?> list -> list(list, out);
            case Double number
            when number.isNaN() || number.isInfinite() ->
                throw new IllegalArgumentException("JSON has no number " + number);
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool.booleanValue());
            case null -> out.append("null");
            default ->
                throw new IllegalArgumentException("a " + value.getClass().getName() + " has no JSON form");
        }
    }

    private static void map(Map<?, ?> map, StringBuilder out) {
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            string(String.valueOf(entry.getKey()), out);
            out.append(':');
            write(entry.getValue(), out);
            out.append(entries.hasNext() ? "," : "");
        }
        out.append('}');
    }

    private static void list(List<?> list, StringBuilder out) {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            out.append(i > 0 ? "," : "");
            write(list.get(i), out);
        }
        out.append(']');
    }

    private static void string(String text, StringBuilder out) {
        out.append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (mustBeEscaped(c)) {
                        out.append(String.format("\\u%04x", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        out.append('"');
    }

    /** Controls, the two separators that end a line for some readers, and halves of a pair. */
    private static boolean mustBeEscaped(int c) {
        return Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || (c >= 0xD800 && c <= 0xDFFF);
    }
}
