/** The CPU executor: a layer's forward is about ten named kernel calls. */
@NullMarked
package dev.sluice.cpu;

import org.jspecify.annotations.NullMarked;
