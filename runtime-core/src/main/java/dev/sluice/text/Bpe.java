package dev.sluice.text;

import java.util.Arrays;

/**
 * Byte-pair encoding of one piece of text at a time: join the pair of lowest rank, the leftmost among equals, until no pair
 * has a merge. Holds scratch memory: one object for each call of the tokenizer.
 */
final class Bpe {
    /**
     * Pieces up to this many bytes are searched for the best pair again after each join, which is quadratic but stays in L1;
     * longer ones use {@link LongPiece}.
     */
    static final int SHORT = 64;

    private final PairTable merges;
    private final int[] byteIds;
    private final WordCache cache;
    private final IdList out;
    private final int[] ids = new int[SHORT];
    private final long[] ranked = new long[SHORT];

    /**
     * @param merges (left id, right id) to {@link #rankedMerge}
     * @param byteIds the id of each byte
     */
    Bpe(PairTable merges, int[] byteIds, WordCache cache, IdList out) {
        this.merges = merges;
        this.byteIds = byteIds;
        this.cache = cache;
        this.out = out;
    }

    /** Merges as they are stored: ordered by rank, the joined id in the low 20 bits. */
    static long rankedMerge(int rank, int id) {
        return (long) rank << 20 | id;
    }

    static int mergedId(long rankedMerge) {
        return (int) rankedMerge & PairTable.MAX_ID - 1;
    }

    /** Appends the ids of {@code text[from .. to]}. */
    void encode(byte[] text, int from, int to) {
        int length = to - from;
        if (length == 1) {
            out.add(byteIds[text[from] & 0xFF]);
        } else if (length <= WordCache.MAX_BYTES) {
            cached(text, from, to);
        } else if (length <= SHORT) {
            out.addAll(ids, 0, joinShort(text, from, length));
        } else {
            new LongPiece(merges, byteIds, text, from, to).appendTo(out);
        }
    }

    private void cached(byte[] text, int from, int to) {
        int hash = WordCache.hash(text, from, to);
        int[] known = cache.get(text, from, to, hash);
        if (known == null) {
            known = Arrays.copyOf(ids, joinShort(text, from, to - from));
            cache.put(text, from, to, hash, known);
        }
        out.addAll(known, 0, known.length);
    }

    /** Leaves the ids in {@link #ids} and returns their number. */
    private int joinShort(byte[] text, int from, int length) {
        for (int i = 0; i < length; i++) {
            ids[i] = byteIds[text[from + i] & 0xFF];
        }
        for (int i = 0; i + 1 < length; i++) {
            ranked[i] = merges.get(ids[i], ids[i + 1]);
        }
        int count = length;
        while (true) {
            int at = best(count - 1);
            if (at < 0) {
                return count;
            }
            ids[at] = mergedId(ranked[at]);
            count--;
            System.arraycopy(ids, at + 2, ids, at + 1, count - at - 1);
            System.arraycopy(ranked, at + 1, ranked, at, count - at - 1);
            if (at > 0) {
                ranked[at - 1] = merges.get(ids[at - 1], ids[at]);
            }
            if (at + 1 < count) {
                ranked[at] = merges.get(ids[at], ids[at + 1]);
            }
        }
    }

    /** The leftmost of the lowest among the first {@code pairs} pairs, or -1. */
    private int best(int pairs) {
        long lowest = PairTable.NONE;
        int at = -1;
        for (int i = 0; i < pairs; i++) {
            if (ranked[i] < lowest) {
                lowest = ranked[i];
                at = i;
            }
        }
        return at;
    }
}
