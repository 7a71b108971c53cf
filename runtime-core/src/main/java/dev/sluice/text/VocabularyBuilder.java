package dev.sluice.text;

import java.util.Arrays;

/**
 * The vocabulary while a file is read: bytes of each id, and a hash from bytes to id for the merges, which name tokens by
 * text. One flat byte array and open addressing: 250 k entries make no objects.
 */
final class VocabularyBuilder {
    /** Most ids of a tokenizer, base and added. */
    static final int MAX_IDS = 1_000_000;

    private static final int ABSENT = -1;

    private byte[] bytes = new byte[1 << 16];
    private int used;
    private int[] starts = filled(1 << 12);
    private int[] lengths = new int[1 << 12];
    private int[] hashes = new int[1 << 12];
    private int[] slots = filled(1 << 13);
    private int count;
    private byte[] scratch = new byte[256];

    /** What became of an {@link #add}. */
    enum Add {
        DONE,
        ID_USED,
        TEXT_USED,
        NOT_BYTES,
        TOO_MANY_COLLISIONS
    }

    /** Adds a token in byte-level characters; {@code id} is below {@link #MAX_IDS}. */
    Add add(String token, int id) {
        reserveId(id);
        reserveBytes(token.length());
        if (starts[id] != ABSENT) {
            return Add.ID_USED;
        }
        if (!ByteAlphabet.toBytes(token, bytes, used)) {
            return Add.NOT_BYTES;
        }
        int hash = hash(bytes, used, token.length());
        if (find(bytes, used, token.length(), hash) != ABSENT) {
            return Add.TEXT_USED;
        }
        starts[id] = used;
        lengths[id] = token.length();
        hashes[id] = hash;
        used += token.length();
        count++;
        if (2 * count > slots.length) {
            return rehash();
        }
        return link(id) ? Add.DONE : Add.TOO_MANY_COLLISIONS;
    }

    /** The id of a token in byte-level characters, or -1. */
    int idOf(char[] text, int from, int length) {
        if (length > scratch.length) {
            scratch = new byte[length];
        }
        for (int i = 0; i < length; i++) {
            int b = ByteAlphabet.byteOf(text[from + i]);
            if (b < 0) {
                return ABSENT;
            }
            scratch[i] = (byte) b;
        }
        return idOfScratch(length);
    }

    int idOf(String token) {
        return idOf(token.toCharArray(), 0, token.length());
    }

    /** The id of the token that is {@code left} followed by {@code right}, or -1. */
    int idOfJoined(int left, int right) {
        int length = lengths[left] + lengths[right];
        if (length > scratch.length) {
            scratch = new byte[length];
        }
        System.arraycopy(bytes, starts[left], scratch, 0, lengths[left]);
        System.arraycopy(bytes, starts[right], scratch, lengths[left], lengths[right]);
        return idOfScratch(length);
    }

    /** Number of tokens. */
    int count() {
        return count;
    }

    boolean has(int id) {
        return id < starts.length && starts[id] != ABSENT;
    }

    /** Appends the bytes of a token that is there. */
    void copy(int id, TokenBytes.Builder out) {
        out.add(bytes, starts[id], lengths[id]);
    }

    private int idOfScratch(int length) {
        return find(scratch, 0, length, hash(scratch, 0, length));
    }

    private int find(byte[] text, int from, int length, int hash) {
        int slot = hash & slots.length - 1;
        for (int id = slots[slot]; id != ABSENT; id = slots[slot]) {
            if (hashes[id] == hash
                    && Arrays.equals(bytes, starts[id], starts[id] + lengths[id], text, from, from + length)) {
                return id;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return ABSENT;
    }

    private boolean link(int id) {
        int slot = hashes[id] & slots.length - 1;
        for (int probe = 0; probe < PairTable.MAX_PROBES; probe++) {
            if (slots[slot] == ABSENT) {
                slots[slot] = id;
                return true;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return false;
    }

    private Add rehash() {
        slots = filled(2 * slots.length);
        for (int id = 0; id < starts.length; id++) {
            if (starts[id] != ABSENT && !link(id)) {
                return Add.TOO_MANY_COLLISIONS;
            }
        }
        return Add.DONE;
    }

    private static int hash(byte[] text, int from, int length) {
        int hash = 0;
        for (int i = from; i < from + length; i++) {
            hash = (hash ^ text[i]) * 0x01000193;
        }
        return hash ^ hash >>> 15;
    }

    private void reserveId(int id) {
        if (id >= starts.length) {
            int old = starts.length;
            int size = Math.max(id + 1, 2 * old);
            starts = Arrays.copyOf(starts, size);
            Arrays.fill(starts, old, size, ABSENT);
            lengths = Arrays.copyOf(lengths, size);
            hashes = Arrays.copyOf(hashes, size);
        }
    }

    private void reserveBytes(int length) {
        if (length > bytes.length - used) {
            bytes = Arrays.copyOf(bytes, Math.max(used + length, 2 * bytes.length));
        }
    }

    private static int[] filled(int size) {
        int[] array = new int[size];
        Arrays.fill(array, ABSENT);
        return array;
    }
}
