/** Checks of model folders: the values of their tensors, their texts. Knows no terminal. */
@NullMarked
package dev.sluice.tools.verify;

import org.jspecify.annotations.NullMarked;
