/**
 * Matrix products in C, with activations rounded to BF16 or to 8 bits: the calls into the library that {@code src/main/c}
 * becomes where a C compiler is, and what takes over for the forms it does not have. Chosen by the user, never by itself.
 */
@NullMarked
package dev.sluice.kernels.foreign;

import org.jspecify.annotations.NullMarked;
