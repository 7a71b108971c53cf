/** What the model commands of the CLI do: verify, compare, perplexity, synth. No terminal, no printing. */
@NullMarked
package dev.sluice.tools;

import org.jspecify.annotations.NullMarked;
