package dev.sluice.backend;

import dev.sluice.kernels.Rows;

/**
 * The MTP layer ({@code spec/model.md} §5): from the trunk's hidden vector at position {@code t} and the token at
 * {@code t + 1} it predicts the token at {@code t + 2}. Keeps its own KV rows in the sequence's state.
 */
public interface DraftHead {
    /** Rows held for the sequence: the position of the next row. */
    int position(SequenceState state);

    /** Forgets rows from {@code position} on (drafted rows, before true ones replace them). */
    void truncate(SequenceState state, int position);

    /**
     * Runs {@code count} rows from {@link #position} on. Row {@code i} joins hidden vector {@code hidden.row(first + i)}
     * and token {@code ids[from + i]}. What the result (entry 0) holds is up to {@code want}: a prompt needs no logits.
     * Hidden vectors may come from the trunk's last result or this head's own.
     */
    StepResult forward(SequenceState state, Rows hidden, int first, int[] ids, int from, int count, Batch.Want want);
}
