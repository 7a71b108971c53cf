/** Sequences: scheduling, sampling, speculation. Knows no layers. */
@NullMarked
package dev.sluice.engine;

import org.jspecify.annotations.NullMarked;
