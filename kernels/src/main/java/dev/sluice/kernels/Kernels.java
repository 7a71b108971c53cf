package dev.sluice.kernels;

import dev.sluice.kernels.reference.PlainKernels;
import dev.sluice.kernels.vector.VectorKernels;
import java.util.Optional;

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

    /**
     * The Vector API kernels.
     *
     * @throws IllegalStateException if this JVM runs without the Vector API module
     */
    static Kernels vector() {
        Optional<SlowPath> missing = slowPath();
        if (missing.isPresent()) {
            throw new IllegalStateException(missing.get().message());
        }
        return new VectorKernels();
    }

    /** {@link #vector} where this JVM has it, else {@link #plain}; {@link #slowPath} says why. */
    static Kernels best() {
        return slowPath().isPresent() ? plain() : vector();
    }

    /** What keeps {@link #best} from the vector kernels; whoever builds a runtime tells its user once. */
    static Optional<SlowPath> slowPath() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? Optional.empty()
                : Optional.of(SlowPath.VECTOR_MODULE_ABSENT);
    }
}
