package dev.sluice.kernels.foreign;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;

/** Products in C, everything else from the tier that this one stands on. */
public record NativeKernels(Kernels exact, NativeTier tier, MatMul matMul) implements Kernels {
    /** Refuses with {@link NativeLibrary#refusal} where the tier cannot run. */
    public NativeKernels(Kernels exact, NativeTier tier) {
        this(exact, tier, matMul(exact, tier));
    }

    private static MatMul matMul(Kernels exact, NativeTier tier) {
        NativeLibrary.refusal(tier).ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        return new NativeMatMul(exact.matMul(), tier);
    }

    /** Such as "vector-512+bf16". */
    @Override
    public String name() {
        return exact.name() + "+" + tier.label();
    }

    @Override
    public MatMul exactMatMul() {
        return exact.matMul();
    }

    @Override
    public Norms norms() {
        return exact.norms();
    }

    @Override
    public Activations activations() {
        return exact.activations();
    }

    @Override
    public Rope rope() {
        return exact.rope();
    }

    @Override
    public CausalConv causalConv() {
        return exact.causalConv();
    }

    @Override
    public DeltaRule deltaRule() {
        return exact.deltaRule();
    }

    @Override
    public Attention attention() {
        return exact.attention();
    }

    @Override
    public Router router() {
        return exact.router();
    }
}
