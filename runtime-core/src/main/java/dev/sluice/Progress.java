package dev.sluice;

/**
 * How far a generation is.
 *
 * @param promptDone tokens of the prompt consumed, out of {@code promptTotal}
 * @param promptCached how many of them a {@link Chat} still had in its cache
 * @param generated tokens generated
 * @param reasoning how many of them went by until the last text that belongs to the reasoning
 */
public record Progress(int promptDone, int promptTotal, int promptCached, int generated, int reasoning) {}
