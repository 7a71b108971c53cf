package dev.sluice.kernels.reference;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;

/** All oracles. */
public record PlainKernels(
        MatMul matMul,
        Norms norms,
        Activations activations,
        Rope rope,
        CausalConv causalConv,
        DeltaRule deltaRule,
        Attention attention,
        Router router)
        implements Kernels {
    public PlainKernels() {
        this(
                new PlainMatMul(),
                new PlainNorms(),
                new PlainActivations(),
                new PlainRope(),
                new PlainCausalConv(),
                new PlainDeltaRule(),
                new PlainAttention(),
                new PlainRouter());
    }

    @Override
    public String name() {
        return "plain";
    }
}
