package dev.sluice.text;

import java.util.Arrays;

/**
 * Map from a pair of small ids to a long, open addressing, key and value side by side so that a look-up touches one
 * cache line. At most half full; written while loading, read-only afterwards.
 */
final class PairTable {
    /** Result of {@link #get} for an absent pair; larger than every stored value. */
    static final long NONE = Long.MAX_VALUE;

    /** Exclusive bound of both ids of a pair. */
    static final int MAX_ID = 1 << 20;

    /**
     * Longest run of occupied slots that is accepted. 150 k to 250 k honest pairs stay below 100; a file made of colliding
     * pairs would otherwise cost a scan of the table for each look-up.
     */
    static final int MAX_PROBES = 1024;

    private static final long FREE = -1;

    private final long[] slots;
    private final int shift;
    private final int mask;

    PairTable(int entries) {
        int bits = Math.max(4, 33 - Integer.numberOfLeadingZeros(Math.max(1, entries)));
        slots = new long[2 << bits];
        Arrays.fill(slots, FREE);
        shift = 64 - bits;
        mask = (1 << bits) - 1;
    }

    /** What became of a {@link #put}. */
    enum Put {
        DONE,
        PRESENT,
        TOO_MANY_COLLISIONS
    }

    /** Stores {@code value}, unless the pair is there already or its neighbourhood is full. */
    Put put(int left, int right, long value) {
        long key = key(left, right);
        int slot = slot(key);
        for (int probe = 0; probe < MAX_PROBES; probe++) {
            long there = slots[2 * slot];
            if (there == key) {
                return Put.PRESENT;
            }
            if (there == FREE) {
                slots[2 * slot] = key;
                slots[2 * slot + 1] = value;
                return Put.DONE;
            }
            slot = (slot + 1) & mask;
        }
        return Put.TOO_MANY_COLLISIONS;
    }

    /** The value of the pair, or {@link #NONE}. */
    long get(int left, int right) {
        long key = key(left, right);
        int slot = slot(key);
        while (true) {
            long there = slots[2 * slot];
            if (there == key) {
                return slots[2 * slot + 1];
            }
            if (there == FREE) {
                return NONE;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static long key(int left, int right) {
        return ((long) left << 20) | right;
    }

    private int slot(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> shift);
    }
}
