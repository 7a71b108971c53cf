package dev.sluice.engine;

import java.util.Arrays;

/**
 * Which ids a sequence has seen and how often it put them out: an open-addressing table, so that a penalty edits the few
 * logits it concerns and not the whole vocabulary.
 */
final class TokenCounts {
    private static final int EMPTY = -1;

    private int[] ids;
    private int[] outputs;
    private int size;

    /** Does not grow, hence not allocate, up to {@code expected} distinct ids. */
    TokenCounts(int expected) {
        int capacity = Integer.highestOneBit(Math.max(expected, 8)) * 4;
        ids = new int[capacity];
        outputs = new int[capacity];
        Arrays.fill(ids, EMPTY);
    }

    /** Notes an id of the prompt. */
    void seen(int id) {
        slot(id);
    }

    /** Notes an id of the output. */
    void put(int id) {
        int slot = slot(id); // may replace the array
        outputs[slot]++;
    }

    /** Slots to go through with {@link #id} and {@link #outputs}. */
    int slots() {
        return ids.length;
    }

    /** The id in a slot, or -1. */
    int id(int slot) {
        return ids[slot];
    }

    /** How often the id in the slot was put out; 0 when it is in the prompt only. */
    int outputs(int slot) {
        return outputs[slot];
    }

    private int slot(int id) {
        int mask = ids.length - 1;
        int slot = ((id * 0x9e3779b9) >>> 7) & mask;
        while (ids[slot] != id) {
            if (ids[slot] == EMPTY) {
                return insert(slot, id);
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int insert(int slot, int id) {
        if (2 * (size + 1) > ids.length) {
            grow();
            return slot(id);
        }
        size++;
        ids[slot] = id;
        return slot;
    }

    private void grow() {
        int[] oldIds = ids;
        int[] oldOutputs = outputs;
        ids = new int[2 * oldIds.length];
        outputs = new int[ids.length];
        Arrays.fill(ids, EMPTY);
        size = 0;
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != EMPTY) {
                int slot = slot(oldIds[i]);
                outputs[slot] = oldOutputs[i];
            }
        }
    }
}
