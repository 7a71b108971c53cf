package dev.sluice.models.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A header as the format's own writer leaves it: ASCII without blanks or escapes, the keys of a tensor in one order. A
 * thousand tensors take 3 ms of a start with it, and 33 with the parser for all JSON, which is cold then. What is written
 * differently in any way, wrongly or not, is that parser's.
 */
final class CompactHeader {
    /** Takes each entry as it is found. */
    interface Entries {
        /** {@code __metadata__}. */
        void metadata(String key, String value);

        /** A tensor; false when it is not to be had this way. */
        boolean tensor(String name, String type, List<Long> shape, long begin, long end);
    }

    /** Digits of a number, which then fits in a long and is below 2^53. */
    private static final int MAX_DIGITS = 15;

    private final byte[] text;
    private final Entries entries;
    private final Set<String> names = new HashSet<>();
    private int at;

    CompactHeader(byte[] text, Entries entries) {
        this.text = text;
        this.entries = entries;
    }

    /** Reads all of it; false when it is written differently, and what was found until then is void. */
    boolean read() {
        if (!literal("{\"")) {
            return false;
        }
        do {
            String name = string(SafetensorsHeader.MAX_NAME);
            if (name == null || !names.add(name) || !(name.equals("__metadata__") ? metadata() : tensor(name))) {
                return false;
            }
        } while (literal(",\""));
        if (!literal("}")) {
            return false;
        }
        while (at < text.length && text[at] == ' ') { // up to a multiple of 8 bytes
            at++;
        }
        return at == text.length;
    }

    private boolean metadata() {
        Set<String> keys = new HashSet<>();
        if (!literal(":{\"")) {
            return false;
        }
        do {
            String key = string(SafetensorsHeader.MAX_NAME);
            String value = key != null && keys.add(key) && literal(":\"") ? string(text.length) : null;
            if (key == null || value == null) {
                return false;
            }
            entries.metadata(key, value);
        } while (literal(",\""));
        return literal("}");
    }

    private boolean tensor(String name) {
        String type = literal(":{\"dtype\":\"") ? string(SafetensorsHeader.MAX_NAME) : null;
        if (type == null || !literal(",\"shape\":[")) {
            return false;
        }
        List<Long> shape = new ArrayList<>(2);
        if (!literal("]")) {
            do {
                shape.add(number());
            } while (literal(","));
            if (!literal("]")) {
                return false;
            }
        }
        if (!literal(",\"data_offsets\":[")) {
            return false;
        }
        long begin = number();
        long end = literal(",") ? number() : -1;
        return literal("]}")
                && begin >= 0
                && end >= 0
                && !shape.contains(-1L)
                && shape.size() <= SafetensorsHeader.MAX_RANK
                && entries.tensor(name, type, List.copyOf(shape), begin, end);
    }

    /** Passes over these characters if they come next. */
    private boolean literal(String expected) {
        int length = expected.length();
        if (length > text.length - at) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text[at + i] != expected.charAt(i)) {
                return false;
            }
        }
        at += length;
        return true;
    }

    /** What is left of a string and its end; null when it is too long or has an escape, a control or a non-ASCII character. */
    private @Nullable String string(int most) {
        int from = at;
        for (int i = from; i < text.length && i - from <= most; i++) {
            byte c = text[i];
            if (c == '"') {
                at = i + 1;
                return new String(text, from, i - from, StandardCharsets.ISO_8859_1);
            }
            if (c < ' ' || c == '\\' || c == 0x7F) {
                return null;
            }
        }
        return null;
    }

    /** A whole number of at most {@value #MAX_DIGITS} digits, without leading zeros; -1 when there is none. */
    private long number() {
        int from = at;
        long value = 0;
        while (at < text.length && at - from <= MAX_DIGITS && text[at] >= '0' && text[at] <= '9') {
            value = 10 * value + text[at++] - '0';
        }
        int digits = at - from;
        return digits == 0 || digits > MAX_DIGITS || (digits > 1 && text[from] == '0') ? -1 : value;
    }
}
