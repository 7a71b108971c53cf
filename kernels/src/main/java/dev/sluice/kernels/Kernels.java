package dev.sluice.kernels;

import dev.sluice.kernels.reference.PlainKernels;

/**
 * One implementation of every kernel: plain Java or the Vector API. Chosen once by whoever builds an executor and
 * passed down; stateless and safe to share between threads.
 */
public interface Kernels {
    /** "plain" or for example "vector-512": what tests assert and {@code doctor} prints. */
    String name();

    MatMul matMul();

    Norms norms();

    Activations activations();

    Rope rope();

    CausalConv causalConv();

    DeltaRule deltaRule();

    Attention attention();

    Router router();

    /** Plain Java: the oracle, and what runs without the Vector API. */
    static Kernels plain() {
        return new PlainKernels();
    }
}
