/** The kernels' public faces, one noun a file, and the plain data types they work on. No model, no file format. */
@NullMarked
package dev.sluice.kernels;

import org.jspecify.annotations.NullMarked;
