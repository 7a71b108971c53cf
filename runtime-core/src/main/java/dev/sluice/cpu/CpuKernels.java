package dev.sluice.cpu;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.NativeTier;
import dev.sluice.models.Weights;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which kernels an executor gets. */
public final class CpuKernels {
    private CpuKernels() {}

    /**
     * Kernels of a tier in C, else the best exact ones.
     *
     * @param tier that the user asked for; null for none
     * @throws InvalidRequestException where the tier cannot run, with what it needs
     */
    public static Kernels of(@Nullable NativeTier tier) {
        if (tier == null) {
            return Kernels.best();
        }
        Kernels.refusal(tier).ifPresent(reason -> {
            throw new InvalidRequestException("--activations " + tier.label() + " " + reason
                    + ". With --activations f32, the default, the model runs on any processor");
        });
        return Kernels.inC(tier);
    }

    /** What to tell a user who asked for a tier that takes no weight of this model; empty when it takes some. */
    public static Optional<String> idle(NativeTier tier, Weights weights) {
        return weights.products().anyMatch(tier::takes)
                ? Optional.empty()
                : Optional.of("--activations " + tier.label() + " changes nothing: no weight of this model is of "
                        + tier.weights());
    }
}
