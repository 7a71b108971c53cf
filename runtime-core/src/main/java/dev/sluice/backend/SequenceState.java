package dev.sluice.backend;

/**
 * Everything a backend remembers of one sequence: KV pages, recurrent states, position. Opaque to the engine; used by
 * the engine thread only. Every call after {@link #close} throws {@link dev.sluice.error.InvalidRequestException}.
 */
public interface SequenceState extends AutoCloseable {
    /** Tokens consumed: the position of the next one. */
    int position();

    /** Makes room for {@code tokens} positions in all, so that no later step has to allocate. */
    void reserve(int tokens);

    /**
     * Ends a draft step ({@link Batch#addDraft}): the first {@code accepted} of its tokens become part of the sequence,
     * with the bits that running them one by one gives; the others leave no trace.
     */
    void commit(int accepted);

    /** An independent copy that continues from here; not possible between a draft step and its {@link #commit}. */
    SequenceState fork();

    /** Back to the empty sequence: position 0, all states zero. */
    void reset();

    /** Bytes held now. */
    long bytes();

    /** Shows the recurrent states. */
    void read(StateReader reader);

    @Override
    void close();
}
