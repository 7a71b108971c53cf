package dev.sluice;

/** What matrix products read activations as. */
public enum ActivationType {
    /** As they are, in Java; the default. */
    F32,
    /**
     * Rounded to BF16, in C: answers differ a little ({@code docs/numerics.md}), and prompts are read faster on processors
     * that multiply BF16 pairs as fast as single numbers. Needs the native library and AVX512_BF16.
     */
    BF16
}
