package dev.sluice.text.template;

import java.util.Arrays;

/**
 * A string that remembers which of its characters came from variables ("content") and which the template wrote. Offsets are
 * UTF-16; {@link Strings} counts in code points as Python does. Values compare as strings, provenance does not take part.
 */
final class Text implements Value {
    private static final int[] TRUSTED = {};
    static final Text EMPTY = trusted("");

    private final String string;
    private final int[] content;
    private final boolean markup;

    /** @param content ascending offsets {@code from0, to0, from1, to1, ...}; taken over */
    Text(String string, int[] content, boolean markup) {
        this.string = string;
        this.content = content;
        this.markup = markup;
    }

    /** Text that the template wrote. */
    static Text trusted(String string) {
        return new Text(string, TRUSTED, false);
    }

    /** Text that came from a variable. */
    static Text content(String string) {
        return new Text(string, string.isEmpty() ? TRUSTED : new int[] {0, string.length()}, false);
    }

    String string() {
        return string;
    }

    int length() {
        return string.length();
    }

    boolean isEmpty() {
        return string.isEmpty();
    }

    boolean hasContent() {
        return content.length > 0;
    }

    /** Result of {@code safe} or {@code escape}: adding plain text to it escapes that text. */
    boolean isMarkup() {
        return markup;
    }

    Text asMarkup() {
        return new Text(string, content, true);
    }

    Text asPlain() {
        return markup ? new Text(string, content, false) : this;
    }

    int[] contentRanges() {
        return content;
    }

    /** A string computed from this one as a whole: content as soon as any of this is. */
    Text derive(String result) {
        Text text = hasContent() ? content(result) : trusted(result);
        return markup ? text.asMarkup() : text;
    }

    Text slice(int from, int to) {
        if (from == 0 && to == string.length()) {
            return this;
        }
        return from >= to ? EMPTY : new Text(string.substring(from, to), clip(from, to), markup);
    }

    /** Index in {@link #contentRanges} of the first range that ends behind {@code from}. */
    int firstRangeBehind(int from) {
        int at = Arrays.binarySearch(content, from);
        if (at >= 0) {
            return at % 2 == 0 ? at : at + 1;
        }
        return (-at - 1) / 2 * 2;
    }

    private int[] clip(int from, int to) {
        int first = firstRangeBehind(from);
        int end = first;
        while (end < content.length && content[end] < to) {
            end += 2;
        }
        if (first == end) {
            return TRUSTED;
        }
        int[] clipped = Arrays.copyOfRange(content, first, end);
        for (int i = 0; i < clipped.length; i++) {
            clipped[i] = Math.clamp(clipped[i], from, to) - from;
        }
        return clipped;
    }

    @Override
    public String toString() {
        return string;
    }
}
