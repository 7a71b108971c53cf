package dev.sluice.text;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Unicode normalisation form C. The JDK's normaliser is kept away from text that it cannot change, which is nearly all, and
 * from long runs of unsorted marks, which it sorts in quadratic time.
 */
final class Nfc {
    /**
     * Ranges of code points from U+0300 on that are starters, do not join what precedes them and are their own NFC. Not all of
     * them, only those of common text; others take the slow way. Everything below U+0300 is inert too.
     */
    private static final int[] INERT = {
        0x0388, 0x0482, 0x048A, 0x0590, 0x05D0, 0x05EA, 0x061B, 0x064A, 0x0671, 0x06D5, 0x0904, 0x0939, 0x0E01, 0x0E37,
        0x10A0, 0x10FF, 0x1E00, 0x1F70, 0x2002, 0x20CF, 0x2100, 0x2125, 0x212C, 0x2328, 0x232B, 0x2ADB, 0x2E00, 0x3029,
        0x3030, 0x3098, 0x309B, 0xA66E, 0xAC00, 0xD7A3, 0xE000, 0xF8FF, 0xFE00, 0xFE0F, 0xFE30, 0xFFFF, 0x1F000,
                0x2F7FF,
    };

    private static final int BLOCK = 6;
    private static final long[] INERT_BMP = inertBmp();

    private Nfc() {}

    /** True when {@code bytes[from .. to]} (UTF-8) may differ from its NFC. */
    static boolean mayChange(byte[] bytes, int from, int to) {
        int pos = from;
        while (pos < to) {
            int b = bytes[pos];
            if (b >= 0) {
                pos++;
            } else if (b < (byte) 0xCC) {
                pos += 2;
            } else {
                int c = Utf8.codePoint(bytes, pos);
                if (!isInert(c)) {
                    return true;
                }
                pos += Utf8.width(c);
            }
        }
        return false;
    }

    /** NFC of well-formed {@code text}. */
    static String of(String text) {
        return Normalizer.normalize(MarkRuns.sorted(text), Normalizer.Form.NFC);
    }

    /** True for code points that NFC leaves alone in every context; false says nothing. */
    static boolean isInert(int codePoint) {
        if (codePoint < 0x10000) {
            return (INERT_BMP[codePoint >> BLOCK] >>> codePoint & 1) != 0;
        }
        return codePoint >= 0x1F000 && codePoint <= 0x2F7FF;
    }

    private static long[] inertBmp() {
        BitSet inert = new BitSet();
        inert.set(0, 0x300);
        for (int i = 0; i < INERT.length; i += 2) {
            inert.set(INERT[i], INERT[i + 1] + 1); // whole words at once: this runs interpreted
        }
        return Arrays.copyOf(inert.toLongArray(), 0x10000 >> BLOCK);
    }
}
