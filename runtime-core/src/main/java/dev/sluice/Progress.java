package dev.sluice;

/**
 * How far a generation is.
 *
 * @param promptDone tokens of the prompt consumed, out of {@code promptTotal}
 * @param promptCached how many of them a {@link Chat} still had in its cache
 * @param generated tokens generated
 * @param reasoning how many of them went by until the last text that belongs to the reasoning
 * @param promptWork tokens of the prompt as work: those done, and of the chunk that runs now the share whose layers are
 *     done; for rates, where a single step takes long
 */
public record Progress(
        int promptDone, int promptTotal, int promptCached, int generated, int reasoning, double promptWork) {
    Progress(int promptDone, int promptTotal, int promptCached, int generated, int reasoning) {
        this(promptDone, promptTotal, promptCached, generated, reasoning, promptDone);
    }
}
