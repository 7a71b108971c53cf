/**
 * Kernels on the Vector API: the only package that imports {@code jdk.incubator.vector}. Everything here is static
 * code on absolute addresses behind the interfaces of {@code dev.sluice.kernels}; operands are checked once a call, and
 * no vector is passed to or returned from a method, because C2 boxes it where it does not inline.
 */
@NullMarked
package dev.sluice.kernels.vector;

import org.jspecify.annotations.NullMarked;
