package dev.sluice.kernels.scalar;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;

/** All scalar kernels, with the bits of vectors of {@code width} floats. */
public record ScalarKernels(
        int width,
        MatMul matMul,
        Norms norms,
        Activations activations,
        Rope rope,
        CausalConv causalConv,
        DeltaRule deltaRule,
        Attention attention,
        Router router)
        implements Kernels {
    /** @param width floats of a vector: 4, 8 or 16 */
    public ScalarKernels(int width) {
        this(
                width,
                new ScalarMatMul(width),
                new ScalarNorms(width),
                new ScalarActivations(),
                new ScalarRope(),
                new ScalarCausalConv(),
                new ScalarDeltaRule(width),
                new ScalarAttention(width),
                new ScalarRouter(width));
    }

    /** "scalar-" and the bits of the vectors whose bits it makes. */
    @Override
    public String name() {
        return "scalar-" + 32 * width;
    }
}
