package dev.sluice.tools.bench;

import dev.sluice.backend.SequenceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One workload on one runner, and what was measured of it. */
final class BenchCase {
    /** The JIT works beside the run: a rate that stands still for less than this may rise yet. */
    private static final long STILL_NANOS = 1_500_000_000L;

    private static final int STILL_PASSES = 2;
    private static final long MOST_NANOS = 20_000_000_000L;

    /** A rise by less counts as none. */
    private static final double RISE = 1.02;

    /** Tokens of a generation that warm up: what they touch is the same for each. */
    private static final int WARM_UP_TOKENS = 32;

    final Workload workload;
    final int threads;
    final int batch;
    private final Runner runner;
    private final List<Long> nanos = new ArrayList<>();
    private Traffic prompt = new Traffic();
    private Traffic generation = new Traffic();
    private long visited;
    private long allocated = Long.MAX_VALUE;
    private PageCounts pages = PageCounts.NONE;
    private @Nullable Double expertHits;
    private @Nullable Map<KernelTimes.Kind, Double> profile;

    BenchCase(Workload workload, int threads, int batch, Runner runner) {
        this.workload = workload;
        this.threads = threads;
        this.batch = batch;
        this.runner = runner;
    }

    /**
     * Counts bytes and operations; a model with experts must run once for that, to see which are chosen.
     *
     * @param experts hears of the experts of all cases
     */
    void count(TrafficModel model, ExpertCount experts) {
        Runner.StepListener count = (tokens, position, logits) -> {
            long visits = experts.take();
            visited += visits;
            model.step(
                    position - workload.depth() < workload.prompt() ? prompt : generation,
                    tokens,
                    position,
                    logits,
                    visits);
        };
        if (model.experts() == 0) {
            runner.tell(workload, count);
            return;
        }
        try (SequenceState sequence = runner.start(workload)) {
            runner.executor().tap(experts);
            runner.runAndTell(sequence, workload, count);
        } finally {
            runner.executor().tap(null);
        }
    }

    /** Runs until the rate stands still; false when stopped. */
    boolean warmUp(BenchListener listener) {
        Workload pass =
                new Workload(workload.prompt(), Math.min(workload.generated(), WARM_UP_TOKENS), workload.depth());
        long start = System.nanoTime();
        long lastRise = start;
        double best = 0;
        int still = 0;
        for (int i = 1; ; i++) {
            long time = time(pass);
            if (time < 0) {
                return false;
            }
            double rate = pass.tokens() / (time / 1e9);
            long now = System.nanoTime();
            if (rate > best * RISE) {
                lastRise = now;
                still = 0;
                listener.warmUp(workload.label(), i, rate);
            } else {
                still++;
            }
            best = Math.max(best, rate);
            if ((still >= STILL_PASSES && now - lastRise > STILL_NANOS) || now - start > MOST_NANOS) {
                listener.warmUp(workload.label(), i, rate);
                return true;
            }
        }
    }

    /** Runs once and keeps the time; false when stopped. */
    boolean repeat() {
        long asking;
        long before;
        long time;
        long after;
        PageCounts pagesBefore = PageCounts.now();
        try (SequenceState sequence = runner.start(workload)) {
            asking = ProcessFigures.allocated();
            before = ProcessFigures.allocated();
            time = runner.run(sequence, workload);
            after = ProcessFigures.allocated();
        }
        if (time < 0) {
            return false;
        }
        nanos.add(time);
        pages = pages.plus(PageCounts.now().minus(pagesBefore));
        long taken = before < 0 ? -1 : Math.max(0, after - before - (before - asking));
        // the JIT takes from the heap when it changes its mind: the least of all repetitions counts
        allocated = Math.min(allocated, taken);
        return true;
    }

    private long time(Workload pass) {
        try (SequenceState sequence = runner.start(pass)) {
            return runner.run(sequence, pass);
        }
    }

    /** Runs once more and asks how much of the chosen experts is in memory, not in the timed runs: asking takes time. */
    void look(ExpertHits hits) {
        try (SequenceState sequence = runner.start(workload)) {
            runner.executor().tap(hits);
            runner.run(sequence, workload);
            expertHits = hits.share();
        } finally {
            runner.executor().tap(null);
        }
    }

    /** Runs on a runner whose kernels keep time, until they are compiled; the last run counts. */
    void profile(Runner timed, KernelTimes times) {
        long start = System.nanoTime();
        for (int round = 0; round < 2 || System.nanoTime() - start < STILL_NANOS; round++) {
            times.clear();
            try (SequenceState sequence = timed.start(workload)) {
                long time = timed.run(sequence, workload);
                if (time < 0) {
                    return;
                }
                profile = times.shares(time);
            }
        }
    }

    List<Long> nanos() {
        return nanos;
    }

    Traffic prompt() {
        return prompt;
    }

    Traffic generation() {
        return generation;
    }

    long visited() {
        return visited;
    }

    /** Bytes taken from the heap in the best repetition. */
    long allocated() {
        return allocated;
    }

    Paging paging() {
        return new Paging(runner.readsAhead(), nanos.size(), pages, expertHits);
    }

    @Nullable
    Map<KernelTimes.Kind, Double> profile() {
        return profile;
    }
}
