/**
 * Plain Java kernels, written like the formula: the truth that every other implementation is tested against, and the
 * fall-back where the Vector API is absent. No tuning, no Vector API, no dependency on {@code vector}.
 */
@NullMarked
package dev.sluice.kernels.reference;

import org.jspecify.annotations.NullMarked;
