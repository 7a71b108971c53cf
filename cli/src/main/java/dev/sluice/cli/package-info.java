/** Commands, flags and output discipline. No model knowledge beyond the public API. */
@NullMarked
package dev.sluice.cli;

import org.jspecify.annotations.NullMarked;
