package dev.sluice.tools.bench;

import dev.sluice.kernels.ThreadTeam;
import java.util.EnumMap;
import java.util.Map;

/**
 * Where the time of a run goes, by kind of kernel, summed over the threads: each has a row of its own that nobody else
 * writes. Between regions only the caller works.
 */
final class KernelTimes {
    /** Kinds of work. */
    enum Kind {
        MATMUL(0),
        DELTA_RULE(1),
        CONVOLUTION(2),
        ATTENTION(3),
        ROUTER(4),
        NORMS(5),
        /** Inside of regions: activations, rotary embedding, copies, calls. */
        OTHER(6),
        /** Threads that wait for a region to begin or to end. */
        WAIT(7);

        private final int column;

        Kind(int column) {
            this.column = column;
        }
    }

    private static final int KINDS = Kind.values().length;

    /** Two cache lines between the rows of two threads. */
    private static final int STRIDE = 32;

    private final long[] nanos;
    private final int members;
    private final ThreadLocal<int[]> row = ThreadLocal.withInitial(() -> new int[1]);

    KernelTimes(int members) {
        this.members = members;
        this.nanos = new long[(members + 1) * STRIDE];
    }

    void add(Kind kind, long since) {
        nanos[row.get()[0] * STRIDE + kind.column] += System.nanoTime() - since;
    }

    void clear() {
        java.util.Arrays.fill(nanos, 0);
    }

    /** The same team; its members note who they are and how long they wait. */
    ThreadTeam watch(ThreadTeam team) {
        return new WatchedTeam(team);
    }

    private long sum(int member) {
        long sum = 0;
        for (int kind = 0; kind < KINDS; kind++) {
            sum += nanos[member * STRIDE + kind];
        }
        return sum;
    }

    /** Shares of {@code wallNanos} times the threads; they add up to 1. */
    Map<Kind, Double> shares(long wallNanos) {
        double all = (double) wallNanos * members;
        Map<Kind, Double> shares = new EnumMap<>(Kind.class);
        double known = 0;
        for (Kind kind : Kind.values()) {
            long sum = 0;
            for (int member = 0; member < members; member++) {
                sum += nanos[member * STRIDE + kind.column];
            }
            shares.put(kind, sum / all);
            known += sum / all;
        }
        // outside of regions the others wait while the caller works
        shares.merge(Kind.WAIT, Math.max(0, 1 - known), Double::sum);
        return shares;
    }

    /** Counts what is left of a member's time in a region as other work. */
    private final class WatchedTeam implements ThreadTeam {
        private final ThreadTeam team;
        private final Region watched = this::watched;
        private Region work = watched;

        private WatchedTeam(ThreadTeam team) {
            this.team = team;
        }

        @Override
        public int size() {
            return team.size();
        }

        @Override
        public void run(Region region) {
            work = region;
            team.run(watched);
        }

        private void watched(int member, int members) {
            row.get()[0] = member;
            long before = sum(member);
            long start = System.nanoTime();
            work.run(member, members);
            long inside = System.nanoTime() - start;
            nanos[member * STRIDE + Kind.OTHER.column] += Math.max(0, inside - (sum(member) - before));
        }

        @Override
        public void close() {
            team.close();
        }
    }
}
