package dev.sluice.tools.bench;

/** Hears how a benchmark goes on; called on the thread that runs it, never inside a timed part. */
public interface BenchListener {
    /** Something the user should know: slow paths, too many threads, too little memory. */
    void warning(String text);

    /** A pass before the timed ones that was faster than all before, or the last one. */
    void warmUp(String test, int pass, double tokensPerSecond);

    /** A timed repetition. */
    void repetition(String test, int number, int of, double tokensPerSecond);

    /** A longer step without figures: making a model, measuring limits. */
    void step(String text);
}
