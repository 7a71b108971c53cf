package dev.sluice.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Work {@code [0, total)} that the members of a team take in pieces. Each has a contiguous band and takes half of what
 * is left of it at a time, so that it reads its weights in long streams; who is done first takes from the others' bands,
 * so that a member that the machine held up does not hold up all. Who computes a row does not change it.
 */
final class Shares {
    /** A band's smallest piece. More of them bring nothing: each costs about 0.3 us, its vector prepared and its sums begun. */
    private static final int PIECES = 32;

    /** Longs between the counters of two bands: a pair of cache lines. */
    private static final int STRIDE = 16;

    private static final VarHandle NEXT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] next;
    private final int members;
    private long total;
    private long smallest;

    Shares(int members) {
        this.members = members;
        this.next = new long[(members + 1) * STRIDE];
    }

    /**
     * Begins anew, before the members start.
     *
     * @param least size of the smallest piece worth its own start
     */
    void begin(long total, long least) {
        this.total = total;
        this.smallest = Math.max(least, total / members / PIECES);
        for (int band = 0; band < members; band++) {
            next[slot(band)] = start(band);
        }
    }

    /** Takes the next piece of a band: where it begins, or -1 when nothing is left; it ends at {@link #end}. */
    long take(int band) {
        long end = start(band + 1);
        while (true) {
            long from = (long) NEXT.getAcquire(next, slot(band));
            if (from >= end) {
                return -1;
            }
            if (NEXT.compareAndSet(next, slot(band), from, end(band, from))) {
                return from;
            }
        }
    }

    /** Where a piece of a band that begins at {@code from} ends. */
    long end(int band, long from) {
        long end = start(band + 1);
        long piece = Math.max(smallest, (end - from) / 2);
        return end - from - piece < smallest ? end : from + piece;
    }

    private long start(int band) {
        return total * band / members;
    }

    private static int slot(int band) {
        return (band + 1) * STRIDE;
    }
}
