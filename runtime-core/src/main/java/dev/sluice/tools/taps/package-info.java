/** Everything a model computes by name: recorded, compared with expected values. Any executor, no files of models. */
@NullMarked
package dev.sluice.tools.taps;

import org.jspecify.annotations.NullMarked;
