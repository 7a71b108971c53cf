/** Complete checkpoints of released shapes with seeded random weights. No inference here. */
@NullMarked
package dev.sluice.tools.synth;

import org.jspecify.annotations.NullMarked;
