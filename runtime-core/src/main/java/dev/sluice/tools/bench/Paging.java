package dev.sluice.tools.bench;

import org.jspecify.annotations.Nullable;

/**
 * How a row's repetitions got at weights that were not in memory.
 *
 * @param readAhead whether chosen experts were asked for before their use
 * @param repetitions how many repetitions {@code pages} is the sum of
 * @param pages what all repetitions cost
 * @param expertHits share of the chosen experts' pages that were in memory before they were asked for, in one more run;
 *     null for models without experts, and for those that fit in memory
 */
public record Paging(
        boolean readAhead,
        int repetitions,
        PageCounts pages,
        @Nullable Double expertHits) {}
