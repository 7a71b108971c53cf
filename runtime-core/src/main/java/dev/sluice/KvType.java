package dev.sluice;

/** What the cache of attention layers stores keys and values as. */
public enum KvType {
    /** Half the memory of F32, no visible loss; the default. */
    BF16,
    /** For comparisons with a reference that computes in float32. */
    F32
}
