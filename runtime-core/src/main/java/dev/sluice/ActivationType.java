package dev.sluice;

import dev.sluice.kernels.NativeTier;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What matrix products read activations as. */
public enum ActivationType {
    /** As they are, in Java; the default. */
    F32(null),
    /**
     * Rounded to BF16, in C: answers differ a little ({@code docs/numerics.md}), and prompts are read faster on processors
     * that multiply BF16 pairs as fast as single numbers. Needs the native library and AVX512_BF16.
     */
    BF16(NativeTier.BF16),
    /**
     * Rounded to 8 bits where weights are affine codes, in C: answers differ more, and such models are much faster. Needs
     * the native library and AVX512_VNNI.
     */
    INT8(NativeTier.INT8);

    private final @Nullable NativeTier tier;

    ActivationType(@Nullable NativeTier tier) {
        this.tier = tier;
    }

    /** The kernels in C that it takes; empty where none. */
    public Optional<NativeTier> tier() {
        return Optional.ofNullable(tier);
    }

    /** As the user says it: "f32", "bf16" or "int8". */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
