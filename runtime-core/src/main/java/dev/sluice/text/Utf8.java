package dev.sluice.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** UTF-8 of well-formed text: what the tokenizer works on, so that words need no conversion before their look-up. */
final class Utf8 {
    private Utf8() {}

    /** The bytes of {@code text}; a lone surrogate becomes U+FFFD. */
    static byte[] encode(String text) {
        int lone = nextLoneSurrogate(text, 0);
        return (lone < 0 ? text : replaceLoneSurrogates(text, lone)).getBytes(StandardCharsets.UTF_8);
    }

    /** The text of {@code bytes[from .. to]}, which begin and end at code points. */
    static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** The text of any bytes for people to read: those that are no whole character as {@code \xE4}. */
    static String display(byte[] bytes) {
        StringBuilder out = new StringBuilder();
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer chars = CharBuffer.allocate(bytes.length);
        while (in.hasRemaining()) {
            decoder.reset().decode(in, chars, true);
            out.append(chars.flip());
            chars.clear();
            if (in.hasRemaining()) {
                out.append(String.format("\\x%02X", in.get()));
            }
        }
        return out.toString();
    }

    /** The code point that begins at {@code pos}; {@code bytes} are valid UTF-8. */
    static int codePoint(byte[] bytes, int pos) {
        int b = bytes[pos];
        if (b >= 0) {
            return b;
        }
        if (b < (byte) 0xE0) {
            return (b & 0x1F) << 6 | (bytes[pos + 1] & 0x3F);
        }
        if (b < (byte) 0xF0) {
            return (b & 0x0F) << 12 | (bytes[pos + 1] & 0x3F) << 6 | (bytes[pos + 2] & 0x3F);
        }
        return (b & 0x07) << 18
                | (bytes[pos + 1] & 0x3F) << 12
                | (bytes[pos + 2] & 0x3F) << 6
                | (bytes[pos + 3] & 0x3F);
    }

    /** The code point that ends before {@code pos}. */
    static int codePointBefore(byte[] bytes, int pos) {
        int start = pos - 1;
        while ((bytes[start] & 0xC0) == 0x80) {
            start--;
        }
        return codePoint(bytes, start);
    }

    /** Bytes of {@code codePoint}: 1 to 4. */
    static int width(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }

    /** Index of the first surrogate from {@code from} on that has no partner, or -1. */
    static int nextLoneSurrogate(String text, int from) {
        int length = text.length();
        for (int i = from; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == length || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }

    private static String replaceLoneSurrogates(String text, int first) {
        StringBuilder clean = new StringBuilder(text);
        for (int i = first; i >= 0; i = nextLoneSurrogate(text, i + 1)) {
            clean.setCharAt(i, '\uFFFD');
        }
        return clean.toString();
    }
}
