package dev.sluice.kernels.bf16;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;

/** Products in C, everything else from the tier that this one stands on. */
public record Bf16Kernels(Kernels exact, MatMul matMul) implements Kernels {
    /** Refuses with {@link NativeLibrary#refusal} where the library cannot run. */
    public Bf16Kernels(Kernels exact) {
        this(exact, matMul(exact));
    }

    private static MatMul matMul(Kernels exact) {
        NativeLibrary.refusal().ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        return new Bf16MatMul(exact.matMul());
    }

    /** Such as "vector-512+bf16". */
    @Override
    public String name() {
        return exact.name() + "+bf16";
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
