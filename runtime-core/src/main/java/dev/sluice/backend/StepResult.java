package dev.sluice.backend;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;

/**
 * What one step produced; valid until the next step of the same executor. Rows are counted within an entry: 0 is its
 * first token.
 */
public interface StepResult {
    /** Highest logit of the row, ties to the lower id. */
    int argmax(int entry, int row);

    /** Buffer that holds the row's logits, {@code vocab} floats from {@link #logitsAt}. */
    F32 logits(int entry, int row);

    /** First element of the row's logits in {@link #logits}. */
    long logitsAt(int entry, int row);

    /**
     * Buffer that holds the maxima of the row's logits from {@link #maximaAt} on: one for each
     * {@link dev.sluice.kernels.Activations#BLOCK} ids, the last for those that are left, NaN where one is.
     */
    F32 maxima(int entry, int row);

    /** First element of the row's maxima in {@link #maxima}. */
    long maximaAt(int entry, int row);

    /** The hidden vectors after the final norm of the entry's rows from {@code first} on, as a {@link DraftHead} takes them. */
    Rows hidden(int entry, int first);
}
