/**
 * The vector kernels once more, in loops over single floats of the heap, with the same operations in the same order, so
 * with the same bits for a given vector width. What runs while the vector kernels are not compiled yet: interpreted, each
 * vector operation makes an object, and a product takes a hundred times as long as here. Not the oracle of tests, which
 * is {@code reference}.
 */
@NullMarked
package dev.sluice.kernels.scalar;

import org.jspecify.annotations.NullMarked;
