package dev.sluice;

/**
 * How far a generation is.
 *
 * @param promptDone tokens of the prompt consumed, out of {@code promptTotal}
 * @param generated tokens generated
 * @param reasoning how many of them went by until the last text that belongs to the reasoning
 */
public record Progress(int promptDone, int promptTotal, int generated, int reasoning) {}
