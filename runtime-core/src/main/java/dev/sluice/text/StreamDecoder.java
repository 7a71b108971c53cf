package dev.sluice.text;

import org.jspecify.annotations.Nullable;

/**
 * Turns ids into text one by one. Holds back the beginning of a UTF-8 sequence, at most three bytes, until it is complete
 * or cannot become so any more; then one U+FFFD stands for its longest valid beginning. Not thread-safe.
 */
public final class StreamDecoder {
    private static final char REPLACEMENT = '\uFFFD';

    private final TokenBytes tokens;
    private final @Nullable AddedTokens skipped;

    /** Of the sequence held back: the bits so far, bytes still to come (0 when nothing is held), bounds of the next byte. */
    private int codePoint;

    private int missing;
    private int lowest;
    private int highest;

    /** {@code skipped} has the special tokens to leave out, or is null when all are kept. */
    StreamDecoder(TokenBytes tokens, @Nullable AddedTokens skipped) {
        this.tokens = tokens;
        this.skipped = skipped;
    }

    /**
     * What may be let out after one more id; may be empty. A skipped special token gives nothing and leaves a sequence held
     * back as it is.
     *
     * @throws dev.sluice.error.InvalidRequestException an id outside the tokenizer
     */
    public String next(int id) {
        StringBuilder out = new StringBuilder();
        append(id, out);
        return out.toString();
    }

    /** Appends to {@code out} what {@link #next} returns. */
    public void append(int id, StringBuilder out) {
        int pos = tokens.start(id);
        int end = tokens.end(id);
        if (skipped != null && skipped.isSpecial(id)) {
            return;
        }
        byte[] bytes = tokens.array();
        for (; pos < end; pos++) {
            int b = bytes[pos] & 0xFF;
            if (missing > 0) {
                if (b >= lowest && b <= highest) {
                    follow(b, out);
                    continue;
                }
                missing = 0;
                out.append(REPLACEMENT);
            }
            begin(b, out);
        }
    }

    /** The rest at the end of the ids: U+FFFD for an incomplete sequence, else nothing. The decoder is then as new. */
    public String flush() {
        boolean incomplete = missing > 0;
        missing = 0;
        return incomplete ? String.valueOf(REPLACEMENT) : "";
    }

    private void begin(int b, StringBuilder out) {
        if (b < 0x80) {
            out.append((char) b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            hold(b & 0x1F, 1, 0x80, 0xBF);
        } else if (b >= 0xE0 && b <= 0xEF) {
            // E0 would be overlong below A0, ED a surrogate above 9F
            hold(b & 0x0F, 2, b == 0xE0 ? 0xA0 : 0x80, b == 0xED ? 0x9F : 0xBF);
        } else if (b >= 0xF0 && b <= 0xF4) {
            // F0 would be overlong below 90, F4 above U+10FFFF from 90 on
            hold(b & 0x07, 3, b == 0xF0 ? 0x90 : 0x80, b == 0xF4 ? 0x8F : 0xBF);
        } else {
            out.append(REPLACEMENT);
        }
    }

    private void hold(int bits, int count, int low, int high) {
        codePoint = bits;
        missing = count;
        lowest = low;
        highest = high;
    }

    private void follow(int b, StringBuilder out) {
        codePoint = codePoint << 6 | (b & 0x3F);
        lowest = 0x80;
        highest = 0xBF;
        if (--missing == 0) {
            out.appendCodePoint(codePoint);
        }
    }
}
