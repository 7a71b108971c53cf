package dev.sluice;

/** The times of one generation: made when it is asked for, then engine thread only. */
final class Stopwatch {
    private final long asked = System.nanoTime();
    private long begun;
    private long firstToken;
    private long lastToken;
    private int tokens;

    /** The first step is about to run. */
    void begin() {
        begun = System.nanoTime();
    }

    /** A token has been chosen. */
    void token() {
        lastToken = System.nanoTime();
        if (tokens++ == 0) {
            firstToken = lastToken;
        }
    }

    Stats stats(int promptTokens, int cached, int generated) {
        if (tokens == 0) {
            return new Stats(cached, promptTokens - cached, 0, 0, 0, 0);
        }
        return new Stats(
                cached,
                promptTokens - cached,
                ms(firstToken - begun),
                generated,
                ms(lastToken - firstToken),
                ms(firstToken - asked));
    }

    private static double ms(long nanos) {
        return nanos / 1e6;
    }
}
