package dev.sluice.cpu;

import dev.sluice.backend.Batch;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.Executor;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.backend.TapListener;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Runs a model on the CPU. Owns all activation memory and every sequence it made; borrows weights and team, which must
 * outlive it.
 */
public final class CpuExecutor implements Executor {
    private final Architecture architecture;
    private final Weights weights;
    private final CpuOptions options;
    private final Arena arena = Arena.ofShared();
    private final Guard guard = new Guard();
    private final Workers workers;
    private final RopeTable table;
    private final Sequences sequences;
    private final CpuResult result;
    private final @Nullable MtpHead draftHead;
    private volatile Trunk trunk; // another thread asks how far it is
    private @Nullable TapListener listener;

    public CpuExecutor(
            Architecture architecture, Weights weights, Kernels kernels, ThreadTeam team, CpuOptions options) {
        this.architecture = architecture;
        this.weights = weights;
        this.options = options;
        ExpertPages experts = new ExpertPages(options.experts());
        experts.scattered(weights);
        this.workers = new Workers(kernels, team, arena, Scratch.floats(architecture), experts);
        this.table = new RopeTable(arena, architecture.rope());
        this.sequences = new Sequences(architecture, options, table, workers, guard, arena);
        this.result = new CpuResult(weights.head());
        this.trunk = new Trunk(architecture, weights, workers, table, 1);
        Architecture.LayerSpec spec = architecture.mtp();
        Weights.Mtp mtp = weights.mtp();
        this.draftHead = spec == null || mtp == null
                ? null
                : new MtpHead(architecture, spec, weights, mtp, workers, table, this);
    }

    @Override
    public SequenceState newSequence() {
        enter();
        try {
            return sequences.create();
        } finally {
            exit();
        }
    }

    /**
     * Moves an empty sequence of this executor to position {@code tokens} without running anything; states, keys and
     * values become seeded numbers. Speed at a depth does not depend on them, and a prompt of that length takes minutes.
     */
    public void fill(SequenceState sequence, int tokens, long seed) {
        enter();
        try {
            own(sequence).fill(tokens, seed);
        } finally {
            exit();
        }
    }

    @Override
    public int maxBatchTokens() {
        return options.maxBatchTokens();
    }

    @Override
    public StepResult forward(Batch batch) {
        enter();
        try {
            check(batch);
            prepare(batch);
            run(batch);
            return result;
        } finally {
            exit();
        }
    }

    /** Refuses what cannot run, before anything has changed. */
    private void check(Batch batch) {
        if (batch.size() == 0 || batch.tokens() > options.maxBatchTokens()) {
            throw new InvalidRequestException("a batch holds 1 to " + options.maxBatchTokens() + " tokens, not "
                    + batch.tokens() + "; cut longer prompts into chunks");
        }
        for (int i = 0; i < batch.size(); i++) {
            Batch.Entry entry = batch.entry(i);
            own(entry.state()).requireReady(entry.count());
            for (int j = 0; j < i; j++) {
                if (batch.entry(j).state().equals(entry.state())) {
                    throw new InvalidRequestException("entries " + j + " and " + i + " are the same sequence");
                }
            }
            for (int t = 0; t < entry.count(); t++) {
                checkId(entry.id(t));
            }
        }
    }

    /** Takes all memory the step needs. */
    private void prepare(Batch batch) {
        if (trunk.capacity() < batch.tokens()) {
            Trunk larger = new Trunk(architecture, weights, workers, table, capacityFor(batch.tokens()));
            trunk.close();
            trunk = larger;
        }
        Pass pass = trunk.pass();
        pass.begin(listener);
        result.begin();
        for (int i = 0; i < batch.size(); i++) {
            Batch.Entry entry = batch.entry(i);
            CpuSequence sequence = own(entry.state());
            int position = sequence.position();
            sequence.extend(0, sequences.trunkLayers(), position, entry.count());
            if (entry.draft()) {
                sequence.extendLogs(entry.count());
            }
            pass.add(sequence, entry.count(), position, entry.draft());
            result.add(entry.count(), entry.want());
        }
        result.reserve();
    }

    @Override
    public double stepShare() {
        return trunk.share();
    }

    private void run(Batch batch) {
        boolean done = false;
        try {
            Rows hidden = trunk.forward(batch, result);
            result.compute(hidden, trunk.products());
            done = true;
        } catch (InternalError e) {
            throw fail(e);
        } finally {
            trunk.rest();
            for (int i = 0; i < batch.size(); i++) {
                Batch.Entry entry = batch.entry(i);
                CpuSequence sequence = own(entry.state());
                if (done) {
                    sequence.advance(entry.count(), entry.draft());
                } else {
                    sequence.fail();
                }
            }
        }
    }

    /** Tokens to make room for: a power of two, so that growing prompts rebuild buffers a few times only. */
    int capacityFor(int tokens) {
        return capacityFor(tokens, options.maxBatchTokens());
    }

    static int capacityFor(int tokens, int most) {
        return Math.min(Integer.highestOneBit(2 * tokens - 1), most);
    }

    /** The sequence behind a state, if this executor made it. */
    CpuSequence own(SequenceState state) {
        if (state instanceof CpuSequence sequence && sequence.belongsTo(sequences)) {
            return sequence;
        }
        throw new InvalidRequestException("this sequence belongs to another model");
    }

    void checkId(int id) {
        if (id < 0 || id >= architecture.vocabSize()) {
            throw new InvalidRequestException(
                    "token id " + id + " is not in the vocabulary of " + architecture.vocabSize() + " ids");
        }
    }

    void enter() {
        guard.enter();
    }

    void exit() {
        guard.exit();
    }

    /** Refuses every further step: the JVM reports a failed read of mapped memory as an {@link InternalError}. */
    ModelBrokenException fail(InternalError cause) {
        return guard.fail(cause);
    }

    @Override
    public @Nullable DraftHead draftHead() {
        return draftHead;
    }

    @Override
    public void tap(@Nullable TapListener listener) {
        enter();
        try {
            this.listener = listener;
        } finally {
            exit();
        }
    }

    /** Waits for the running step, then frees all memory; its sequences are closed too. */
    @Override
    public void close() {
        if (guard.close()) {
            sequences.closeAll();
            if (draftHead != null) {
                draftHead.close();
            }
            result.close();
            trunk.close();
            arena.close();
        }
    }
}
