/** The public API: load a model, stream tokens. Stable; everything else may change. */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
