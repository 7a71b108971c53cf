package dev.sluice.kernels.vector;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;

/** All vector kernels. */
public record VectorKernels(
        MatMul matMul,
        Norms norms,
        Activations activations,
        Rope rope,
        CausalConv causalConv,
        DeltaRule deltaRule,
        Attention attention,
        Router router)
        implements Kernels {
    public VectorKernels() {
        this(
                new VectorMatMul(),
                new VectorNorms(),
                new VectorActivations(),
                new VectorRope(),
                new VectorCausalConv(),
                new VectorDeltaRule(),
                new VectorAttention(),
                new VectorRouter());
    }

    /** Floats of a vector: 4, 8 or 16. */
    public static int lanes() {
        return Lanes.LANES;
    }

    /** "vector-" and the bits of a vector. */
    @Override
    public String name() {
        return "vector-" + 8 * Lanes.BYTES;
    }
}
