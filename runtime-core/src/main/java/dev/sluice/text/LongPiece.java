package dev.sluice.text;

import java.util.Arrays;

/**
 * Byte-pair encoding of a long piece in n log n: a heap of candidate joins over a linked list of symbols. A candidate whose
 * pair has changed since is dropped when it comes up.
 */
final class LongPiece {
    private static final int GONE = -1;

    private final PairTable merges;
    private final int[] ids;
    private final int[] next;
    private final int[] previous;
    private long[] heap;
    private int heapSize;

    LongPiece(PairTable merges, int[] byteIds, byte[] text, int from, int to) {
        this.merges = merges;
        int length = to - from;
        ids = new int[length];
        next = new int[length];
        previous = new int[length];
        heap = new long[length];
        for (int i = 0; i < length; i++) {
            ids[i] = byteIds[text[from + i] & 0xFF];
            next[i] = i + 1;
            previous[i] = i - 1;
        }
    }

    /** Joins everything and appends the ids that are left. */
    void appendTo(IdList out) {
        for (int i = 0; i + 1 < ids.length; i++) {
            offer(i);
        }
        while (heapSize > 0) {
            long candidate = pop();
            int at = (int) candidate;
            if (ids[at] == GONE || next[at] == ids.length) {
                continue;
            }
            long ranked = merges.get(ids[at], ids[next[at]]);
            if (ranked != PairTable.NONE && ranked >>> 20 == candidate >>> 32) {
                join(at, Bpe.mergedId(ranked));
            }
        }
        for (int i = 0; i < ids.length; i = next[i]) {
            out.add(ids[i]);
        }
    }

    private void join(int at, int id) {
        int right = next[at];
        ids[at] = id;
        ids[right] = GONE;
        next[at] = next[right];
        if (next[at] < ids.length) {
            previous[next[at]] = at;
            offer(at);
        }
        if (previous[at] >= 0) {
            offer(previous[at]);
        }
    }

    /** Puts the pair that begins at {@code at} on the heap, as rank and place, if it has a merge. */
    private void offer(int at) {
        long ranked = merges.get(ids[at], ids[next[at]]);
        if (ranked == PairTable.NONE) {
            return;
        }
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, heapSize + (heapSize >> 1));
        }
        long candidate = ranked >>> 20 << 32 | at;
        int hole = heapSize++;
        while (hole > 0) {
            int parent = (hole - 1) >> 1;
            if (heap[parent] <= candidate) {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = candidate;
    }

    private long pop() {
        long top = heap[0];
        long last = heap[--heapSize];
        int hole = 0;
        while (true) {
            int child = 2 * hole + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = last;
        return top;
    }
}
