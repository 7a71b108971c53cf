package dev.sluice.backend;

/**
 * Everything a backend remembers of one sequence: KV pages, recurrent states, position. Opaque to the engine; used by
 * the engine thread only.
 */
public interface SequenceState extends AutoCloseable {
    /** Tokens consumed: the position of the next one. */
    int position();

    /** An independent copy that continues from here. */
    SequenceState fork();

    /** Back to the empty sequence: position 0, all states zero. */
    void reset();

    /** Bytes held now. */
    long bytes();

    @Override
    void close();
}
