package dev.sluice.models.family;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about stored forms. The tensors themselves decide which matrix has which form
 * ({@code spec/model.md} §6); this supplies what their shapes leave open and what they must not contradict.
 */
sealed interface Quantisation {
    /** Plain elements only. */
    record None() implements Quantisation {}

    /**
     * Official block FP8.
     *
     * @param excluded modules that the file says were left alone, by their full names
     */
    record Fp8(Set<String> excluded) implements Quantisation {}

    /**
     * Affine groups as mlx-lm writes them.
     *
     * @param overrides by module path; null for a module that was left alone
     */
    record Affine(Groups defaults, Map<String, @Nullable Groups> overrides) implements Quantisation {
        /** The form of a module, or null when the file says that it is not quantised. */
        @Nullable
        Groups of(String module) {
            return overrides.containsKey(module) ? overrides.get(module) : defaults;
        }
    }

    /** @param size columns that share a scale */
    record Groups(int bits, int size) {}
}
