package dev.sluice;

import dev.sluice.backend.Batch;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.Executor;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StateReader;
import dev.sluice.backend.StepResult;
import dev.sluice.backend.TapListener;
import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** A model whose next token is a function of all tokens before; holds its caller to the seam's rules. */
final class FakeExecutor implements Executor {
    final List<Integer> steps = new ArrayList<>();
    final Set<FakeState> open = new HashSet<>();
    volatile RuntimeException failure;
    volatile Runnable beforeStep = () -> {};
    boolean closed;
    boolean head;
    double share;
    private final int vocab;
    private final ToIntFunction<List<Integer>> next;
    private final F32 logits;
    private final F32 maxima;
    private Thread thread;

    FakeExecutor(int vocab, ToIntFunction<List<Integer>> next) {
        this.vocab = vocab;
        this.next = next;
        this.logits = F32.allocate(Arena.ofAuto(), vocab);
        this.maxima = F32.allocate(Arena.ofAuto(), Activations.blocks(vocab));
    }

    final class FakeState implements SequenceState {
        List<Integer> ids = new ArrayList<>();

        @Override
        public int position() {
            return ids.size();
        }

        @Override
        public void reserve(int tokens) {}

        @Override
        public void commit(int accepted) {}

        @Override
        public SequenceState fork() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reset() {
            onEngine();
            ids.clear();
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public void read(StateReader reader) {}

        @Override
        public void close() {
            onEngine();
            open.remove(this);
        }
    }

    private void onEngine() {
        if (thread == null) {
            thread = Thread.currentThread();
        }
        if (thread != Thread.currentThread() || closed) {
            throw new AssertionError("used by " + Thread.currentThread() + ", closed " + closed);
        }
    }

    @Override
    public SequenceState newSequence() {
        onEngine();
        FakeState state = new FakeState();
        open.add(state);
        return state;
    }

    @Override
    public int maxBatchTokens() {
        return 1000;
    }

    @Override
    public double stepShare() {
        return share;
    }

    @Override
    public StepResult forward(Batch batch) {
        onEngine();
        beforeStep.run();
        Batch.Entry entry = batch.entry(0);
        FakeState state = (FakeState) entry.state();
        steps.add(entry.count());
        for (int i = 0; i < entry.count(); i++) {
            state.ids.add(entry.id(i));
            if (failure != null) {
                throw failure;
            }
        }
        logits.clear(0, vocab);
        logits.set(next.applyAsInt(state.ids), 5);
        return new Result();
    }

    private final class Result implements StepResult {
        @Override
        public int argmax(int entry, int row) {
            throw new UnsupportedOperationException();
        }

        @Override
        public F32 logits(int entry, int row) {
            return logits;
        }

        @Override
        public long logitsAt(int entry, int row) {
            return 0;
        }

        @Override
        public F32 maxima(int entry, int row) {
            Kernels.plain().activations().maxima(logits, 0, vocab, maxima, 0);
            return maxima;
        }

        @Override
        public long maximaAt(int entry, int row) {
            return 0;
        }

        @Override
        public Rows hidden(int entry, int first) {
            throw new UnsupportedOperationException();
        }
    }

    @Override
    public DraftHead draftHead() {
        return head ? new Head() : null;
    }

    private final class Head implements DraftHead {
        @Override
        public int position(SequenceState state) {
            return state.position();
        }

        @Override
        public void truncate(SequenceState state, int position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public StepResult forward(
                SequenceState state, Rows hidden, int first, int[] ids, int from, int count, Batch.Want want) {
            onEngine();
            steps.add(count);
            return new Result();
        }
    }

    @Override
    public void tap(TapListener listener) {}

    @Override
    public void close() {
        onEngine();
        open.clear();
        closed = true;
    }
}
