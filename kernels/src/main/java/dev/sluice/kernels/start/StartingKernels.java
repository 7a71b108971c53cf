package dev.sluice.kernels.start;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;
import dev.sluice.kernels.scalar.ScalarKernels;
import java.util.function.Supplier;

/** Each kernel in its scalar form until its vector form is faster. */
public record StartingKernels(
        String name,
        MatMul matMul,
        Norms norms,
        Activations activations,
        Rope rope,
        CausalConv causalConv,
        DeltaRule deltaRule,
        Attention attention,
        Router router)
        implements Kernels {
    /**
     * Set in the run that an ahead-of-time cache is made from: classes of a module that comes after boot must not be in it.
     */
    private static final String NO_VECTORS = "sluice.training";

    /**
     * Kernels that begin as scalar ones.
     *
     * @param width floats of a vector
     * @param vector makes the vector kernels; called once, later, in another thread
     */
    public static StartingKernels of(int width, Supplier<Kernels> vector) {
        return of(width, new VectorTier(vector, Boolean.getBoolean(NO_VECTORS) ? Long.MAX_VALUE : VectorTier.GRACE));
    }

    static StartingKernels of(int width, VectorTier tier) {
        ScalarKernels scalar = new ScalarKernels(width);
        return new StartingKernels(
                "vector-" + 32 * width,
                new StartingMatMul(scalar.matMul(), tier),
                new StartingNorms(scalar, tier),
                new StartingActivations(scalar, tier),
                new StartingRope(scalar, tier),
                new StartingCausalConv(scalar, tier),
                new StartingDeltaRule(scalar, tier),
                new StartingAttention(scalar, tier),
                new StartingRouter(scalar, tier));
    }
}
