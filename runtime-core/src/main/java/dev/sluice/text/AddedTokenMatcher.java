package dev.sluice.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Finds added tokens in UTF-8 text: leftmost first, the longest among those at one place. */
final class AddedTokenMatcher {
    /** Receives a text cut at its added tokens, in order. */
    interface Parts {
        /** The stretch {@code bytes[from .. to]} between tokens, never empty. */
        void text(byte[] bytes, int from, int to);

        void token(int id);
    }

    private static final int NONE = -1;

    private record Entry(byte[] content, AddedToken token) {}

    /** In order of their bytes, so that the tokens with a common beginning are neighbours. */
    private final Entry[] entries;

    private final boolean[] first = new boolean[256];

    /** Matcher of {@code tokens}, by their contents as given; these are distinct and not empty. */
    AddedTokenMatcher(List<AddedToken> tokens) {
        entries = tokens.stream()
                .map(token -> new Entry(token.content().getBytes(StandardCharsets.UTF_8), token))
                .sorted((a, b) -> Arrays.compareUnsigned(a.content, b.content))
                .toArray(Entry[]::new);
        for (Entry entry : entries) {
            first[entry.content[0] & 0xFF] = true;
        }
    }

    /** Cuts {@code text[from .. to]} at the tokens that {@code trust} covers. */
    void cut(byte[] text, int from, int to, Trust trust, Parts parts) {
        int gap = from;
        int pos = entries.length == 0 ? to : from;
        while (pos < to) {
            int match = first[text[pos] & 0xFF] ? longest(text, pos, to) : NONE;
            if (match == NONE) {
                pos++;
                continue;
            }
            AddedToken token = entries[match].token;
            int start = pos;
            pos += entries[match].content.length;
            if (!trust.covers(start, pos)) {
                pos = start + 1;
                continue;
            }
            if (token.singleWord() && !isAlone(text, start, pos, from, to)) {
                continue;
            }
            if (token.lstrip()) {
                start = skipSpacesBack(text, start, gap);
            }
            if (token.rstrip()) {
                pos = skipSpaces(text, pos, to);
            }
            if (gap < start) {
                parts.text(text, gap, start);
            }
            parts.token(token.id());
            gap = pos;
        }
        if (gap < to) {
            parts.text(text, gap, to);
        }
    }

    /** Index of the longest entry that stands at {@code start}, or {@link #NONE}. */
    private int longest(byte[] text, int start, int to) {
        int found = NONE;
        int low = 0;
        int high = entries.length;
        for (int depth = 0; low < high; depth++) {
            if (entries[low].content.length == depth) {
                found = low++;
            }
            if (start + depth == to) {
                break;
            }
            int b = text[start + depth] & 0xFF;
            low = firstAtLeast(low, high, depth, b);
            high = firstAtLeast(low, high, depth, b + 1);
        }
        return found;
    }

    /** First of {@code entries[low .. high]}, which are alike before {@code depth}, with a byte of at least {@code b} there. */
    private int firstAtLeast(int low, int high, int depth, int b) {
        int from = low;
        int to = high;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if ((entries[middle].content[depth] & 0xFF) < b) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private static boolean isAlone(byte[] text, int start, int end, int from, int to) {
        return (start == from || !CodePoints.isWord(Utf8.codePointBefore(text, start)))
                && (end == to || !CodePoints.isWord(Utf8.codePoint(text, end)));
    }

    private static int skipSpacesBack(byte[] text, int from, int gap) {
        int pos = from;
        while (pos > gap) {
            int c = Utf8.codePointBefore(text, pos);
            if (!CodePoints.isSpace(c)) {
                break;
            }
            pos -= Utf8.width(c);
        }
        return pos;
    }

    private static int skipSpaces(byte[] text, int from, int to) {
        int pos = from;
        while (pos < to) {
            int c = Utf8.codePoint(text, pos);
            if (!CodePoints.isSpace(c)) {
                break;
            }
            pos += Utf8.width(c);
        }
        return pos;
    }
}
