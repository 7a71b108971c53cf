package dev.sluice;

import dev.sluice.backend.Batch;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.Executor;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.backend.TapListener;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.kernels.Rows;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An executor whose weights lie in files that others can write to. Where a page of a file is gone the executor fails by
 * itself; where it merely holds other bytes nothing fails, and the answer is wrong. So the files are looked at around the
 * steps, and once they are not what was mapped nothing runs any more. Scheduler's thread only.
 */
final class WatchedExecutor implements Executor {
    /**
     * A look takes this share of the time at most, however slow the file system and however many the files. With one file
     * on a local disk it takes about 5 us and so comes about once a millisecond: before every token.
     */
    static final int SHARE = 250;

    private final Executor executor;
    private final @Nullable DraftHead draftHead;
    private final Supplier<@Nullable String> change;
    private final LongSupplier nanoTime;
    private final int share;
    private long next;
    private @Nullable String broken;

    /**
     * @param change what happened to the files, as a sentence; null for nothing
     * @param nanoTime a clock in nanoseconds
     * @param share looks take one part in so many of the time, {@link #SHARE} as a rule; 0: around every step, whatever it
     *     costs
     */
    WatchedExecutor(Executor executor, Supplier<@Nullable String> change, LongSupplier nanoTime, int share) {
        this.executor = executor;
        DraftHead head = executor.draftHead();
        this.draftHead = head == null ? null : new WatchedHead(head);
        this.change = change;
        this.nanoTime = nanoTime;
        this.share = share;
        this.next = nanoTime.getAsLong();
    }

    @Override
    public StepResult forward(Batch batch) {
        requireIntact();
        StepResult result;
        try {
            result = executor.forward(batch);
        } catch (ModelBrokenException e) {
            throw explained(e);
        }
        requireIntact();
        return result;
    }

    /** The draft head, whose weights lie in the same files. */
    private final class WatchedHead implements DraftHead {
        private final DraftHead head;

        WatchedHead(DraftHead head) {
            this.head = head;
        }

        @Override
        public int position(SequenceState state) {
            return head.position(state);
        }

        @Override
        public void truncate(SequenceState state, int position) {
            head.truncate(state, position);
        }

        @Override
        public StepResult forward(
                SequenceState state, Rows hidden, int first, int[] ids, int from, int count, Batch.Want want) {
            requireIntact();
            StepResult result;
            try {
                result = head.forward(state, hidden, first, ids, from, count, want);
            } catch (ModelBrokenException e) {
                throw explained(e);
            }
            requireIntact();
            return result;
        }
    }

    @Override
    public SequenceState newSequence() {
        requireIntact();
        return executor.newSequence();
    }

    private void requireIntact() {
        if (broken == null && nanoTime.getAsLong() - next >= 0) {
            look();
        }
        if (broken != null) {
            throw failure(null);
        }
    }

    private void look() {
        long start = nanoTime.getAsLong();
        broken = change.get();
        long end = nanoTime.getAsLong();
        next = end + share * (end - start);
    }

    private ModelBrokenException explained(ModelBrokenException failed) {
        look();
        return broken == null ? failed : failure(failed);
    }

    private ModelBrokenException failure(@Nullable Throwable cause) {
        return new ModelBrokenException(
                broken
                        + " while the model was in use, so its answers cannot be trusted; close this model, restore the file"
                        + " and load it again",
                cause);
    }

    @Override
    public int maxBatchTokens() {
        return executor.maxBatchTokens();
    }

    @Override
    public double stepShare() {
        return executor.stepShare();
    }

    @Override
    public @Nullable DraftHead draftHead() {
        return draftHead;
    }

    @Override
    public void tap(@Nullable TapListener listener) {
        executor.tap(listener);
    }

    @Override
    public void close() {
        executor.close();
    }
}
