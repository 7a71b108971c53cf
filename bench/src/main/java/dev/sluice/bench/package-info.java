/** JMH benchmarks of single kernels, each with the roofline it is held against. */
@NullMarked
package dev.sluice.bench;

import org.jspecify.annotations.NullMarked;
