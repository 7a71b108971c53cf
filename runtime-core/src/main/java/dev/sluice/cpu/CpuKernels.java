package dev.sluice.cpu;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Kernels;

/** Which kernels an executor gets. */
public final class CpuKernels {
    private CpuKernels() {}

    /**
     * Kernels that round activations to BF16 where that is asked for, else the best exact ones.
     *
     * @throws InvalidRequestException where BF16 cannot run, with what it needs
     */
    public static Kernels of(boolean bf16) {
        if (!bf16) {
            return Kernels.best();
        }
        Kernels.bf16Refusal().ifPresent(reason -> {
            throw new InvalidRequestException("--activations bf16 " + reason + ". With --activations f32, the default,"
                    + " the model runs on any processor");
        });
        return Kernels.bf16();
    }
}
