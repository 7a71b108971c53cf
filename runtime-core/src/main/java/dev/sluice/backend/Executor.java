package dev.sluice.backend;

import org.jspecify.annotations.Nullable;

/** Runs one model. One thread at a time; the scheduler's. */
public interface Executor extends AutoCloseable {
    /** A fresh, empty sequence. */
    SequenceState newSequence();

    /** Most tokens a batch may hold: longer prompts go in chunks. */
    int maxBatchTokens();

    /**
     * Runs a batch and advances its sequences. Results are the same bits however a prompt is cut into batches and
     * whatever else is in them.
     */
    StepResult forward(Batch batch);

    /** Share of the running step that is done, 0 to 1; 0 when none runs. Any thread. */
    default double stepShare() {
        return 0;
    }

    /** The draft head, when the model has one. */
    @Nullable
    DraftHead draftHead();

    /** Sends intermediate results to {@code listener}, or to nobody when null. */
    void tap(@Nullable TapListener listener);

    @Override
    void close();
}
