package dev.sluice.text;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The ids of words met before: direct-mapped, a newer word takes the place of an older one, 5 MB at most. Shared by all threads without
 * locks: entries are immutable records, so that a racy read sees a whole entry, an older one or none.
 */
final class WordCache {
    /** Longer words are not kept: they are rare and would make the bound on memory useless. */
    static final int MAX_BYTES = 48;

    private static final int BITS = 15;

    private record Entry(byte[] word, int[] ids) {}

    private final @Nullable Entry[] entries = new @Nullable Entry[1 << BITS];

    /** The ids of the word {@code text[from .. to]}, or null. */
    int @Nullable [] get(byte[] text, int from, int to, int hash) {
        Entry entry = entries[slot(hash)];
        return entry != null && Arrays.equals(entry.word, 0, entry.word.length, text, from, to) ? entry.ids : null;
    }

    void put(byte[] text, int from, int to, int hash, int[] ids) {
        entries[slot(hash)] = new Entry(Arrays.copyOfRange(text, from, to), ids);
    }

    static int hash(byte[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text[i];
        }
        return hash;
    }

    private static int slot(int hash) {
        return (hash * 0x9E3779B9) >>> (32 - BITS);
    }
}
