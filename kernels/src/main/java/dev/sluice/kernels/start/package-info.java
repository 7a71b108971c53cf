/**
 * Kernels of a process that has just begun: scalar ones at first, each replaced by its vector form as soon as that is the
 * faster one. Both make the same bits, so nobody sees when.
 */
@NullMarked
package dev.sluice.kernels.start;

import org.jspecify.annotations.NullMarked;
