package dev.sluice.text;

import java.text.Normalizer;

/**
 * Puts long runs of combining marks in canonical order, which keeps the text canonically equivalent. The JDK's normaliser
 * inserts each mark by walking back over the run: 80,000 marks of alternating class take it 5.6 s, 1 MB would take minutes.
 */
final class MarkRuns {
    /** Runs up to this many chars are left to the normaliser. No language comes near it. */
    static final int LONG = 64;

    private MarkRuns() {}

    /** {@code text} with its long runs of marks decomposed and in canonical order; the same object when it has none. */
    static String sorted(String text) {
        int start = nextLongRun(text, 0);
        if (start == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int done = 0;
        while (start < text.length()) {
            out.append(text, done, start);
            done = endOfMarks(text, start);
            appendSorted(text, start, done, out);
            start = nextLongRun(text, done);
        }
        return out.append(text, done, text.length()).toString();
    }

    /** Start of the next long run of marks from {@code from} on, or the end of the text. */
    private static int nextLongRun(String text, int from) {
        int pos = from;
        while (pos < text.length()) {
            int end = endOfMarks(text, pos);
            if (end - pos > LONG) {
                return pos;
            }
            pos = end < text.length() ? end + Character.charCount(text.codePointAt(end)) : end;
        }
        return pos;
    }

    private static int endOfMarks(String text, int from) {
        int pos = from;
        while (pos < text.length()) {
            int c = text.codePointAt(pos);
            if (c < 0x300 || !CodePoints.isMark(c)) {
                break;
            }
            pos += Character.charCount(c);
        }
        return pos;
    }

    private static void appendSorted(String text, int from, int to, StringBuilder out) {
        int[] marks = decomposed(text, from, to).codePoints().toArray();
        int[] sorted = new int[marks.length];
        int start = 0;
        for (int i = 0; i <= marks.length; i++) {
            if (i == marks.length || MarkOrder.of(marks[i]) == MarkOrder.STARTER) {
                sort(marks, start, i, sorted);
                if (i < marks.length) {
                    sorted[i] = marks[i];
                }
                start = i + 1;
            }
        }
        for (int mark : sorted) {
            out.appendCodePoint(mark);
        }
    }

    /** Decomposition chunk by chunk, so that the normaliser sorts short runs only. */
    private static String decomposed(String text, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        int pos = from;
        while (pos < to) {
            int end = Math.min(pos + LONG, to);
            if (Character.isHighSurrogate(text.charAt(end - 1))) {
                end--;
            }
            out.append(Normalizer.normalize(text.substring(pos, end), Normalizer.Form.NFD));
            pos = end;
        }
        return out.toString();
    }

    /** Stable counting sort of {@code marks[from .. to]} into the same places of {@code sorted}. */
    private static void sort(int[] marks, int from, int to, int[] sorted) {
        int[] place = new int[MarkOrder.CLASSES + 1];
        for (int i = from; i < to; i++) {
            place[MarkOrder.of(marks[i])]++;
        }
        int at = from;
        for (int order = 0; order < place.length; order++) {
            int count = place[order];
            place[order] = at;
            at += count;
        }
        for (int i = from; i < to; i++) {
            sorted[place[MarkOrder.of(marks[i])]++] = marks[i];
        }
    }
}
