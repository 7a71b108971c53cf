package dev.sluice.text;

/**
 * The 256 characters that byte-level BPE writes for bytes in {@code tokenizer.json}: printable Latin-1 stands for itself,
 * the other 68 bytes are U+0100 upwards in order.
 */
final class ByteAlphabet {
    private static final int FIRST_SHIFTED = 0x100;
    private static final int SHIFTED = 68;
    private static final short[] BYTE_OF = byteOf();

    private ByteAlphabet() {}

    /** The byte that {@code c} stands for, or -1 when it stands for none. */
    static int byteOf(char c) {
        return c < BYTE_OF.length ? BYTE_OF[c] : -1;
    }

    /** Writes the bytes of {@code token} to {@code out[at ..]}; false at the first character outside the alphabet. */
    static boolean toBytes(CharSequence token, byte[] out, int at) {
        for (int i = 0; i < token.length(); i++) {
            int b = byteOf(token.charAt(i));
            if (b < 0) {
                return false;
            }
            out[at + i] = (byte) b;
        }
        return true;
    }

    private static short[] byteOf() {
        short[] table = new short[FIRST_SHIFTED + SHIFTED];
        int shifted = FIRST_SHIFTED;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
            if (printable) {
                table[b] = (short) b;
            } else {
                table[b] = -1;
                table[shifted++] = (short) b;
            }
        }
        return table;
    }
}
