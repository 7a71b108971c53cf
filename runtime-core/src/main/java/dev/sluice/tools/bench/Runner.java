package dev.sluice.tools.bench;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.SequenceState;
import dev.sluice.cpu.CpuExecutor;
import dev.sluice.cpu.CpuOptions;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.LoadedModel;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Runs workloads on one model with one number of threads and one chunk size. */
final class Runner implements AutoCloseable {
    private static final long SEED = 42;

    private final int threads;
    private final int chunk;
    private final int vocabulary;
    private final CpuExecutor executor;
    private final Batch batch = new Batch();
    private final BooleanSupplier stopped;
    private final boolean readsAhead;
    private final Map<Integer, SequenceState> atDepth = new HashMap<>();
    private int[] ids = new int[0];

    /** Hears of each step after it; not in timed runs. */
    @FunctionalInterface
    interface StepListener {
        void step(int tokens, int position, int logits);
    }

    /** @param stopped asked before each step; a run that is stopped returns a negative time */
    Runner(
            LoadedModel model,
            Kernels kernels,
            ThreadTeam team,
            Dtype kvType,
            int chunk,
            int context,
            PageAdvice experts,
            BooleanSupplier stopped) {
        this.threads = team.size();
        this.chunk = chunk;
        this.vocabulary = model.architecture().vocabSize();
        this.stopped = stopped;
        this.readsAhead = !experts.equals(PageAdvice.NONE);
        this.executor = new CpuExecutor(
                model.architecture(), model.weights(), kernels, team, new CpuOptions(kvType, chunk, context, experts));
    }

    /** Whether chosen experts are asked for before their use. */
    boolean readsAhead() {
        return readsAhead;
    }

    CpuExecutor executor() {
        return executor;
    }

    int threads() {
        return threads;
    }

    /** Most tokens of a step. */
    int chunk() {
        return chunk;
    }

    /** A sequence at the workload's depth, with room for its tokens. */
    SequenceState start(Workload workload) {
        SequenceState sequence = workload.depth() == 0
                ? executor.newSequence()
                : atDepth.computeIfAbsent(workload.depth(), this::filled).fork();
        sequence.reserve(workload.positions());
        ensureIds(workload.tokens());
        return sequence;
    }

    private SequenceState filled(int depth) {
        SequenceState sequence = executor.newSequence();
        executor.fill(sequence, depth, SEED);
        return sequence;
    }

    /** The tokens of the longest workload; others begin with the same ones. */
    int[] ids() {
        return ids;
    }

    /** Random tokens: sampling is not part of a test, and a model of random weights says nothing. */
    private void ensureIds(int count) {
        if (ids.length < count) {
            ids = new Random(SEED).ints(count, 0, vocabulary).toArray();
        }
    }

    /** Runs the workload from {@link #start}; returns nanoseconds, or a negative number when stopped. */
    long run(SequenceState sequence, Workload workload) {
        long start = System.nanoTime();
        int prompt = workload.prompt();
        for (int from = 0; from < prompt; from += chunk) {
            int count = Math.min(chunk, prompt - from);
            if (!step(sequence, from, count, from + count == prompt)) {
                return -1;
            }
        }
        for (int i = 0; i < workload.generated(); i++) {
            if (!step(sequence, prompt + i, 1, true)) {
                return -1;
            }
        }
        return System.nanoTime() - start;
    }

    private boolean step(SequenceState sequence, int from, int count, boolean logits) {
        if (stopped.getAsBoolean()) {
            return false;
        }
        batch.clear();
        batch.add(sequence, ids, from, count, logits ? Want.LAST : Want.NOTHING);
        executor.forward(batch);
        return true;
    }

    /** As {@link #run}, telling {@code listener} of every step; false when stopped. */
    boolean runAndTell(SequenceState sequence, Workload workload, StepListener listener) {
        int from = 0;
        while (from < workload.tokens()) {
            int count = from < workload.prompt() ? Math.min(chunk, workload.prompt() - from) : 1;
            boolean logits = from + count >= workload.prompt();
            if (!step(sequence, from, count, logits)) {
                return false;
            }
            listener.step(count, workload.depth() + from, logits ? 1 : 0);
            from += count;
        }
        return true;
    }

    /** Tells {@code listener} of every step without running it. */
    void tell(Workload workload, StepListener listener) {
        int from = 0;
        while (from < workload.tokens()) {
            int count = from < workload.prompt() ? Math.min(chunk, workload.prompt() - from) : 1;
            listener.step(count, workload.depth() + from, from + count >= workload.prompt() ? 1 : 0);
            from += count;
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
