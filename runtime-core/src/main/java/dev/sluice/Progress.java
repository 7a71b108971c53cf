package dev.sluice;

/**
 * How far a generation is.
 *
 * @param promptDone tokens of the prompt consumed, out of {@code promptTotal}
 * @param generated tokens generated
 */
public record Progress(int promptDone, int promptTotal, int generated) {}
