/** What {@code sluice bench} does: workloads, bytes and operations they take, limits of the machine, rates, comparison. No printing. */
@NullMarked
package dev.sluice.tools.bench;

import org.jspecify.annotations.NullMarked;
