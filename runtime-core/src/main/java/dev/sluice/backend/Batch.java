package dev.sluice.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * Tokens to run in one step: for each entry the next tokens of one sequence. Reusable: {@link #clear} then {@link #add};
 * refilling allocates nothing once warm.
 */
public final class Batch {
    /** Which rows of an entry the caller will read. */
    public enum Want {
        /** None: a chunk of a prompt that goes on. */
        NOTHING,
        /** Logits and hidden vector of the entry's last token. */
        LAST,
        /** Logits and hidden vectors of every token of the entry. */
        ALL,
        /** Hidden vectors of every token, logits of the last one. */
        HIDDEN_AND_LAST
    }

    /** One sequence's part of a batch. */
    public static final class Entry {
        private SequenceState state;
        private int[] ids;
        private int from;
        private int count;
        private Want want;
        private boolean draft;

        private Entry(SequenceState state, int[] ids, Want want) {
            this.state = state;
            this.ids = ids;
            this.want = want;
        }

        public SequenceState state() {
            return state;
        }

        /** Token {@code i} of this entry. */
        public int id(int i) {
            return ids[from + i];
        }

        /** Number of tokens. */
        public int count() {
            return count;
        }

        public Want want() {
            return want;
        }

        /** Whether the sequence waits for {@link SequenceState#commit} before it advances. */
        public boolean draft() {
            return draft;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private int size;
    private int tokens;

    public void clear() {
        size = 0;
        tokens = 0;
    }

    /** Adds {@code count} tokens {@code ids[from ..]} of a sequence; a sequence may occur once in a batch. */
    public Batch add(SequenceState state, int[] ids, int from, int count, Want want) {
        put(state, ids, from, count, want, false);
        return this;
    }

    /**
     * Adds a token and the drafts that may follow it. Logits and hidden vectors of all of them can be read; the
     * sequence stays where it is until {@link SequenceState#commit} says how many were right.
     */
    public Batch addDraft(SequenceState state, int[] ids, int from, int count) {
        put(state, ids, from, count, Want.ALL, true);
        return this;
    }

    private void put(SequenceState state, int[] ids, int from, int count, Want want, boolean draft) {
        if (count < 1 || from < 0 || count > ids.length - from) {
            throw new IllegalArgumentException("tokens " + from + " + " + count + " of " + ids.length);
        }
        if (size == entries.size()) {
            entries.add(new Entry(state, ids, want));
        }
        Entry entry = entries.get(size);
        entry.state = state;
        entry.ids = ids;
        entry.from = from;
        entry.count = count;
        entry.want = want;
        entry.draft = draft;
        size++;
        tokens += count;
    }

    /** Number of entries. */
    public int size() {
        return size;
    }

    public Entry entry(int i) {
        if (i >= size) {
            throw new IndexOutOfBoundsException(i + " of " + size);
        }
        return entries.get(i);
    }

    /** Tokens of all entries. */
    public int tokens() {
        return tokens;
    }
}
