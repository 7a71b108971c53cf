package dev.sluice;

import dev.sluice.error.InvalidRequestException;
import java.util.Locale;
import java.util.Optional;

/**
 * The context of a model for which nobody asked for one: all that it was made for, or what memory holds beside the
 * weights. Nothing is allocated for it; keys and values take memory as a text grows.
 *
 * @param tokens most tokens of a sequence
 * @param made positions the model was made for, YaRN's factor included
 * @param needed bytes of weights, buffers and one sequence of {@code made} tokens
 * @param usable bytes of memory that they may take
 */
record ContextChoice(int tokens, int made, long needed, long usable) {
    /**
     * Kept where memory has room for it without the weights, even when it has none beside them: the weights of such a
     * model are read from disk again and again in any case.
     */
    static final int LEAST = 32_768;

    /** One part in so many of the memory stays free, for the JVM's heap and for what others take later. */
    private static final int RESERVE = 16;

    /** A figure that people can read, and that does not change with every page that another process takes. */
    private static final int STEP = 1024;

    private static final double GIB = 1 << 30;

    /**
     * @param made positions the model was made for
     * @param beside bytes of weights and buffers
     * @param available bytes of memory, {@link Long#MAX_VALUE} when unknown
     */
    static ContextChoice of(SequenceMemory memory, int made, long beside, long available) {
        long usable = available == Long.MAX_VALUE ? available : available - available / RESERVE;
        long fits = Math.max(memory.tokensIn(usable - beside), Math.min(LEAST, memory.tokensIn(usable / 2)));
        int tokens = (int) Math.min(made, fits > STEP ? fits / STEP * STEP : fits);
        return new ContextChoice(tokens, made, beside + memory.bytes(made), usable);
    }

    /** Throws when more tokens are asked for than a model was made for. */
    static void requirePositions(int wished, int made, String model) {
        if (wished > made) {
            throw new InvalidRequestException("context length is " + wished + ", and " + model + " was made for " + made
                    + " positions; ask for at most that, or stretch it with a rope factor (--rope-factor)");
        }
    }

    /** What a user should know who did not ask for a context; empty when it is all the model was made for. */
    Optional<String> note() {
        return tokens == made
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "the context holds %,d tokens of the %,d that the model was made for: all of them would take %.2f"
                                + " GiB with the weights, and %.2f GiB of memory may be used; free some, or set the context"
                                + " with -c",
                        tokens,
                        made,
                        needed / GIB,
                        usable / GIB));
    }
}
