package dev.sluice;

/** Hears how far a load is; on the thread that loads. */
@FunctionalInterface
public interface LoadListener {
    /** Hears nothing. */
    LoadListener NONE = (_, _) -> {};

    /** Tensors checked so far, or passed over as those of a vision tower are, of all in the files. */
    void progress(long tensors, long of);
}
