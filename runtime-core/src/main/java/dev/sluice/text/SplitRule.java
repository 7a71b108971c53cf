package dev.sluice.text;

import org.jspecify.annotations.Nullable;

/**
 * The split patterns that are known, each with a scanner written by hand: java.util.regex recurses for each repetition of a
 * class and would overflow the stack on long words.
 */
enum SplitRule {
    /** Marks are punctuation: {@code U+0301} ends a word. */
    QWEN3(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            SplitRule.OTHER),

    /** Marks belong to words. */
    QWEN3_5(
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                    + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            SplitRule.LETTER);

    private static final byte LETTER = 0;
    private static final byte NUMBER = 1;
    private static final byte OTHER = 2;
    private static final byte SPACE = 3;
    private static final byte NEWLINE = 4;
    private static final byte[] ASCII = ascii();

    private final String pattern;
    private final byte mark;

    SplitRule(String pattern, byte mark) {
        this.pattern = pattern;
        this.mark = mark;
    }

    /** The rule whose pattern is exactly {@code regex}, or null. */
    static @Nullable SplitRule of(String regex) {
        for (SplitRule rule : values()) {
            if (rule.pattern.equals(regex)) {
                return rule;
            }
        }
        return null;
    }

    String pattern() {
        return pattern;
    }

    /**
     * End of the piece that begins at {@code pos}; {@code pos < to}. The text is the whole of {@code text[.. to]}: white space
     * before {@code to} counts as trailing. A run of white space is read at most three times, everything else once or twice.
     */
    int next(byte[] text, int pos, int to) {
        int first = Utf8.codePoint(text, pos);
        int kind = kind(first);
        int after = pos + Utf8.width(first);
        switch (kind) {
            case LETTER:
                return letters(text, after, to);
            case NUMBER:
                return after;
            case NEWLINE:
                return spaces(text, pos, to);
            default:
                break;
        }
        if (first == '\'') {
            int end = contraction(text, after, to);
            if (end > 0) {
                return end;
            }
        }
        if (after == to) {
            return to;
        }
        int second = kindAt(text, after);
        if (second == LETTER) {
            return letters(text, after, to);
        }
        if (kind == OTHER || (first == ' ' && second == OTHER)) {
            return newlines(text, others(text, after, to), to);
        }
        return spaces(text, pos, to);
    }

    /** {@code 's 't 're 've 'm 'll 'd} after the apostrophe, in either case; -1 when it is none of them. */
    private static int contraction(byte[] text, int pos, int to) {
        if (pos == to) {
            return -1;
        }
        switch (text[pos] | 0x20) {
            case 's', 't', 'm', 'd':
                return pos + 1;
            case 'r', 'v':
                return pos + 1 < to && (text[pos + 1] | 0x20) == 'e' ? pos + 2 : -1;
            case 'l':
                return pos + 1 < to && (text[pos + 1] | 0x20) == 'l' ? pos + 2 : -1;
            default:
                // U+017F, the long s: the only other character that folds to one of these letters
                return text[pos] == (byte) 0xC5 && text[pos + 1] == (byte) 0xBF ? pos + 2 : -1;
        }
    }

    private int letters(byte[] text, int pos, int to) {
        return run(text, pos, to, LETTER);
    }

    private int others(byte[] text, int pos, int to) {
        return run(text, pos, to, OTHER);
    }

    /** End of the run of characters of one kind. */
    private int run(byte[] text, int from, int to, byte kind) {
        int pos = from;
        while (pos < to) {
            int b = text[pos];
            if (b >= 0) {
                if (ASCII[b] != kind) {
                    return pos;
                }
                pos++;
            } else {
                int c = Utf8.codePoint(text, pos);
                if (kind(c) != kind) {
                    return pos;
                }
                pos += Utf8.width(c);
            }
        }
        return pos;
    }

    private static int newlines(byte[] text, int from, int to) {
        int pos = from;
        while (pos < to && (text[pos] == '\n' || text[pos] == '\r')) {
            pos++;
        }
        return pos;
    }

    /** White space: up to its last line break, else all of it at the end of the text, else all but its last character. */
    private int spaces(byte[] text, int from, int to) {
        int pos = from;
        int last = from;
        int lastNewline = -1;
        while (pos < to) {
            int c = Utf8.codePoint(text, pos);
            int kind = kind(c);
            if (kind < SPACE) {
                break;
            }
            last = pos;
            pos += Utf8.width(c);
            if (kind == NEWLINE) {
                lastNewline = pos;
            }
        }
        if (lastNewline > 0) {
            return lastNewline;
        }
        return pos == to || last == from ? pos : last;
    }

    private int kindAt(byte[] text, int pos) {
        return kind(Utf8.codePoint(text, pos));
    }

    private int kind(int codePoint) {
        if (codePoint < 0x80) {
            return ASCII[codePoint];
        }
        if (CodePoints.isLetter(codePoint)) {
            return LETTER;
        }
        if (CodePoints.isMark(codePoint)) {
            return mark;
        }
        if (CodePoints.isNumber(codePoint)) {
            return NUMBER;
        }
        return CodePoints.isSpace(codePoint) ? SPACE : OTHER;
    }

    private static byte[] ascii() {
        byte[] kinds = new byte[0x80];
        for (int c = 0; c < kinds.length; c++) {
            if (c == '\r' || c == '\n') {
                kinds[c] = NEWLINE;
            } else if (CodePoints.isSpace(c)) {
                kinds[c] = SPACE;
            } else if (CodePoints.isLetter(c)) {
                kinds[c] = LETTER;
            } else {
                kinds[c] = CodePoints.isNumber(c) ? NUMBER : OTHER;
            }
        }
        return kinds;
    }
}
