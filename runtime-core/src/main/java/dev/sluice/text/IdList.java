package dev.sluice.text;

import java.util.Arrays;
import java.util.Objects;

/** A growable list of token ids, for callers that put a prompt together from several texts. Not thread-safe. */
public final class IdList {
    private int[] ids;
    private int size;

    /** An empty list. */
    public IdList() {
        ids = new int[16];
    }

    /** Appends one id. */
    public void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size + (size >> 1));
        }
        ids[size++] = id;
    }

    /** Appends {@code count} ids from {@code source[from ..]}. */
    public void addAll(int[] source, int from, int count) {
        Objects.checkFromIndexSize(from, count, source.length);
        if (count > ids.length - size) {
            ids = Arrays.copyOf(ids, Math.max(Math.addExact(size, count), size + (size >> 1)));
        }
        System.arraycopy(source, from, ids, size, count);
        size += count;
    }

    /** Id {@code i} of the list. */
    public int get(int i) {
        return ids[Objects.checkIndex(i, size)];
    }

    /** Number of ids. */
    public int size() {
        return size;
    }

    /** Makes the list empty and keeps its memory. */
    public void clear() {
        size = 0;
    }

    /** A copy of the ids. */
    public int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
