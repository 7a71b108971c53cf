/**
 * What this machine can do at most: streaming reads, f32 multiply-adds, unpacking of stored codes. Loops without a
 * purpose of their own, to hold kernels against. Needs the Vector API.
 */
@NullMarked
package dev.sluice.kernels.probe;

import org.jspecify.annotations.NullMarked;
