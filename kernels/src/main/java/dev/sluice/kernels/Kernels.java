package dev.sluice.kernels;

import dev.sluice.kernels.foreign.NativeKernels;
import dev.sluice.kernels.foreign.NativeLibrary;
import dev.sluice.kernels.reference.PlainKernels;
import dev.sluice.kernels.scalar.ScalarKernels;
import dev.sluice.kernels.start.StartingKernels;
import dev.sluice.kernels.vector.VectorKernels;
import java.util.Optional;

/**
 * One implementation of every kernel: plain Java, the Vector API, or products in C. Chosen once by whoever builds an executor and
 * passed down; stateless and safe to share between threads.
 */
public interface Kernels {
    /** "plain", "vector-512" or "vector-512+bf16", for example: what tests assert and {@code doctor} prints. */
    String name();

    MatMul matMul();

    /** Products that never round activations, for a router: a logit that is off by a rounding chooses other experts. */
    default MatMul exactMatMul() {
        return matMul();
    }

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
        requireVectors();
        VectorModule.load();
        return new VectorKernels();
    }

    /**
     * What gives the bits of {@link #vector} where this JVM has it, from the first call on at a speed that does not wait
     * for the JIT; else {@link #plain}, and {@link #slowPath} says why.
     */
    static Kernels best() {
        return slowPath().isPresent() ? plain() : StartingKernels.of(lanes(), Kernels::vector);
    }

    /**
     * Scalar kernels with the bits of {@link #vector}.
     *
     * @throws IllegalStateException if this JVM runs without the Vector API module
     */
    static Kernels scalar() {
        requireVectors();
        return new ScalarKernels(lanes());
    }

    /** Brings the Vector API into a JVM that was started for it to come late; probes need it, kernels do it themselves. */
    static void loadVectors() {
        if (VectorModule.present()) {
            VectorModule.load();
        }
    }

    private static int lanes() {
        return VectorModule.lanes().orElseGet(() -> {
            VectorModule.load();
            return VectorKernels.lanes();
        });
    }

    private static void requireVectors() {
        slowPath().ifPresent(missing -> {
            throw new IllegalStateException(missing.message());
        });
    }

    /**
     * {@link #best}, but with products in C whose activations are rounded. Less exact, and faster with some weights on some
     * processors: never chosen without being asked for.
     *
     * @throws IllegalStateException if it cannot run here, with the words of {@link #refusal}
     */
    static Kernels inC(NativeTier tier) {
        return new NativeKernels(best(), tier);
    }

    /** Why {@link #inC} cannot run here, as "needs ...", and what to do; empty when it can. */
    static Optional<String> refusal(NativeTier tier) {
        return NativeLibrary.refusal(tier);
    }

    /** What keeps {@link #best} from the vector kernels; whoever builds a runtime tells its user once. */
    static Optional<SlowPath> slowPath() {
        return VectorModule.present() ? Optional.empty() : Optional.of(SlowPath.VECTOR_MODULE_ABSENT);
    }
}
