package dev.sluice.text;

import dev.sluice.error.InvalidRequestException;
import java.util.Arrays;

/** The bytes of every token, base and added, in one array. */
final class TokenBytes {
    private final byte[] bytes;
    private final int[] offsets;

    private TokenBytes(byte[] bytes, int[] offsets) {
        this.bytes = bytes;
        this.offsets = offsets;
    }

    /** Number of ids. */
    int size() {
        return offsets.length - 1;
    }

    byte[] copy(int id) {
        check(id);
        return Arrays.copyOfRange(bytes, offsets[id], offsets[id + 1]);
    }

    byte[] array() {
        return bytes;
    }

    /** Index of the token's first byte in {@link #array}. */
    int start(int id) {
        check(id);
        return offsets[id];
    }

    int end(int id) {
        return offsets[id + 1];
    }

    /** Collects tokens in the order of their ids. */
    static final class Builder {
        private final int[] offsets;
        private byte[] bytes;
        private int count;

        Builder(int size) {
            offsets = new int[size + 1];
            bytes = new byte[8 * size];
        }

        void add(byte[] source, int from, int length) {
            int at = offsets[count];
            if (length > bytes.length - at) {
                bytes = Arrays.copyOf(bytes, Math.max(at + length, bytes.length + (bytes.length >> 1)));
            }
            System.arraycopy(source, from, bytes, at, length);
            offsets[++count] = at + length;
        }

        TokenBytes build() {
            return new TokenBytes(Arrays.copyOf(bytes, offsets[count]), offsets);
        }
    }

    private void check(int id) {
        if (id < 0 || id >= size()) {
            throw new InvalidRequestException(
                    "token id " + id + ": the tokenizer has " + size() + " ids; mask the logits beyond them");
        }
    }
}
