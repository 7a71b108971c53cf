package dev.sluice;

/** Hears how far a load is; on the thread that loads. */
@FunctionalInterface
public interface LoadListener {
    /** Hears nothing. */
    LoadListener NONE = (_, _) -> {};

    /** Tensors found and checked so far; those of parts that are not run, such as a vision tower, are not. */
    void progress(long tensors, long of);
}
