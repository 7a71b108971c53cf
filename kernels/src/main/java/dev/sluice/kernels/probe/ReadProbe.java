package dev.sluice.kernels.probe;

import static dev.sluice.kernels.probe.Width.BYTES;
import static dev.sluice.kernels.probe.Width.I;

import dev.sluice.kernels.ThreadTeam;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Streaming reads in several forms, the fastest of which is the limit. One form alone is no limit: a BF16 product with
 * four rows open ran at 114 % of a read with a single stream a thread.
 */
public final class ReadProbe {
    /** Vectors a step reads, whatever the form. */
    private static final int LOADS = 8;

    private static final int[] STREAMS = {1, 2, 4, 8};

    /** Bytes between two streams; 0 cuts a thread's share into equal parts, far apart. */
    private static final long[] GAPS = {0, 4096};

    /** How far ahead of its load each line is loaded for the first time; 0 is not at all. Java has no prefetch. */
    private static final int[] AHEAD = {0, 512, 2048};

    /** Forms that are measured on all of the memory, after a first look at every form on a part of it. */
    private static final int SHORT_LIST = 2;

    /** Bytes of the first look: 42 forms on two teams read 10 GiB then, and 52 GiB when each read all. */
    private static final long FIRST_LOOK = 256L << 20;

    /**
     * How memory is read.
     *
     * @param streams places that a thread reads at the same time
     * @param gap bytes between them, 0 for equal parts of the thread's share
     * @param ahead bytes by which a touch of each line goes before its load, 0 without
     */
    private record Form(int streams, long gap, int ahead) {
        @Override
        public String toString() {
            String places =
                    streams == 1 ? "1 stream" : streams + " streams " + (gap == 0 ? "far apart" : "a page apart");
            return places + (ahead == 0 ? "" : ", touched " + ahead + " bytes ahead");
        }
    }

    /** A form on a number of threads, and the highest rate seen. */
    private static final class Candidate {
        private final Form form;
        private final int team;
        private double best;

        private Candidate(Form form, int team) {
            this.form = form;
            this.team = team;
        }
    }

    /** A rate of the first look: a part of the memory may lie in a cache, so it ranks and is no limit. */
    private record Look(Candidate candidate, double rate) {}

    /**
     * The best read so far.
     *
     * @param bytesPerSecond rate
     * @param threads that reached it
     * @param form in words
     */
    public record Best(double bytesPerSecond, int threads, String form) {}

    private final List<ThreadTeam> teams;
    private final List<Candidate> all = new ArrayList<>();
    private List<Candidate> shortList = List.of();

    /** Keeps results alive that nobody reads. */
    private final int[] sink;

    /** @param teams the numbers of threads to try; used one after the other, owned by the caller */
    public ReadProbe(List<ThreadTeam> teams) {
        this.teams = List.copyOf(teams);
        this.sink = new int[16 * teams.stream().mapToInt(ThreadTeam::size).max().orElse(1)];
        for (int team = 0; team < teams.size(); team++) {
            for (int streams : STREAMS) {
                for (long gap : streams == 1 ? new long[] {0} : GAPS) {
                    for (int ahead : AHEAD) {
                        all.add(new Candidate(new Form(streams, gap, ahead), team));
                    }
                }
            }
        }
    }

    /**
     * Reads {@code data} in the forms that did best at the first look, which the first call takes.
     *
     * @param data native memory of at least 64 KiB a thread; far larger than the caches, unless they are meant
     * @param leastBytes read in one timing, if need be by reading {@code data} several times
     * @return the best of all calls with this probe
     */
    public Best measure(MemorySegment data, long leastBytes) {
        int passes = (int) Math.max(1, (leastBytes + data.byteSize() - 1) / data.byteSize());
        if (shortList.isEmpty()) {
            warmUp(data);
            MemorySegment part = data.asSlice(0, Math.min(data.byteSize(), FIRST_LOOK));
            int looks = (int) Math.max(1, Math.min(leastBytes, FIRST_LOOK) / 4 / part.byteSize());
            shortList = all.stream()
                    .map(candidate -> new Look(candidate, rate(candidate, part, looks)))
                    .sorted(Comparator.comparingDouble(Look::rate).reversed())
                    .limit(SHORT_LIST)
                    .map(Look::candidate)
                    .toList();
        }
        shortList.forEach(candidate -> candidate.best = Math.max(candidate.best, rate(candidate, data, passes)));
        Candidate best = shortList.stream()
                .max(Comparator.comparingDouble(candidate -> candidate.best))
                .orElseThrow();
        return new Best(best.best, teams.get(best.team).size(), best.form.toString());
    }

    /**
     * Reads {@code data} once in the plainest form, one stream a thread from its start to its end.
     *
     * @return bytes a second, of the best number of threads
     */
    public double plain(MemorySegment data) {
        return all.stream()
                .filter(candidate -> candidate.form.streams == 1 && candidate.form.ahead == 0)
                .mapToDouble(candidate -> rate(candidate, data, 1))
                .max()
                .orElseThrow();
    }

    /** Compiles both loops on a part that is read soon. */
    private void warmUp(MemorySegment data) {
        MemorySegment part = data.asSlice(0, Math.min(data.byteSize(), 64 << 20));
        for (int round = 0; round < 4; round++) {
            seconds(new Form(4, 4096, 0), part, teams.getFirst());
            seconds(new Form(4, 4096, 1024), part, teams.getFirst());
        }
    }

    private double rate(Candidate candidate, MemorySegment data, int passes) {
        double seconds = 0;
        for (int pass = 0; pass < passes; pass++) {
            seconds += seconds(candidate.form, data, teams.get(candidate.team));
        }
        return (double) passes * read(candidate, data) / seconds;
    }

    /** Bytes that a pass reads: what does not fill a step of a thread is left out. */
    private long read(Candidate candidate, MemorySegment data) {
        int members = teams.get(candidate.team).size();
        return members * share(data, members);
    }

    private static long share(MemorySegment data, int members) {
        return data.byteSize() / members & -(8L * 4096);
    }

    private double seconds(Form form, MemorySegment data, ThreadTeam team) {
        long start = System.nanoTime();
        team.run((member, members) -> {
            long share = share(data, members);
            sink[16 * member] ^= read(form, data.address() + member * share, share);
        });
        return (System.nanoTime() - start) / 1e9;
    }

    private static int read(Form form, long from, long bytes) {
        if (form.gap == 0) {
            return stream(form, from, bytes / form.streams, bytes / form.streams);
        }
        int sum = 0;
        long block = form.streams * form.gap;
        for (long at = 0; at < bytes; at += block) {
            sum ^= stream(form, from + at, form.gap, form.gap);
        }
        return sum;
    }

    /** One part of every stream, {@code length} bytes each, {@code gap} bytes apart. */
    private static int stream(Form form, long from, long length, long gap) {
        int run = LOADS / form.streams;
        long[] at = new long[LOADS];
        for (int load = 0; load < LOADS; load++) {
            at[load] = from + load / run * gap + (long) load % run * BYTES;
        }
        int step = run * BYTES;
        return form.ahead == 0
                ? plain(at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], length, step)
                : touched(at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], length, step, form.ahead);
    }

    private static int plain(
            long p0, long p1, long p2, long p3, long p4, long p5, long p6, long p7, long length, int step) {
        IntVector a = IntVector.zero(I);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        for (long i = 0; i < length; i += step) {
            a = xor(xor(a, p0 + i), p4 + i);
            b = xor(xor(b, p1 + i), p5 + i);
            c = xor(xor(c, p2 + i), p6 + i);
            d = xor(xor(d, p3 + i), p7 + i);
        }
        return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD);
    }

    private static int touched(
            long p0, long p1, long p2, long p3, long p4, long p5, long p6, long p7, long length, int step, int ahead) {
        IntVector a = IntVector.zero(I);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        IntVector e = a;
        // the last touches would leave the part, and what lies behind it may not be mapped
        long last = length - ahead;
        long i = 0;
        for (; i < last; i += step) {
            long j = i + ahead;
            e = xor(xor(xor(xor(e, p0 + j), p1 + j), p2 + j), p3 + j);
            e = xor(xor(xor(xor(e, p4 + j), p5 + j), p6 + j), p7 + j);
            a = xor(xor(a, p0 + i), p4 + i);
            b = xor(xor(b, p1 + i), p5 + i);
            c = xor(xor(c, p2 + i), p6 + i);
            d = xor(xor(d, p3 + i), p7 + i);
        }
        int rest = plain(p0 + i, p1 + i, p2 + i, p3 + i, p4 + i, p5 + i, p6 + i, p7 + i, length - i, step);
        return a.add(b).add(c).add(d).add(e).reduceLanes(VectorOperators.ADD) + rest;
    }

    private static IntVector xor(IntVector sum, long at) {
        return sum.lanewise(VectorOperators.XOR, Width.ints(Width.address(at)));
    }
}
