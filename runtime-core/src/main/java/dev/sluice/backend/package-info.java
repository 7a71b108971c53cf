/** The seam between engine and hardware: batches in, step results out. No text, no layers. */
@NullMarked
package dev.sluice.backend;

import org.jspecify.annotations.NullMarked;
