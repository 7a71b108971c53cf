package dev.sluice;

import dev.sluice.cpu.CpuMemory;
import dev.sluice.error.MemoryBudgetException;
import dev.sluice.kernels.KvPages;

/**
 * Bytes one sequence takes: recurrent states once, keys and values for each token. Refuses what cannot fit before
 * anything is allocated.
 */
record SequenceMemory(long fixed, long perToken) {
    private static final double GIB = 1 << 30;

    static SequenceMemory of(CpuMemory memory) {
        return new SequenceMemory(memory.states(), memory.cache(KvPages.PAGE) / KvPages.PAGE);
    }

    /** With {@code bytes} more a token. */
    SequenceMemory plus(long bytes) {
        return new SequenceMemory(fixed, perToken + bytes);
    }

    long bytes(int tokens) {
        return fixed + perToken * tokens;
    }

    /** Tokens of a sequence that takes so many bytes; 0 when not even its states fit. */
    long tokensIn(long bytes) {
        long room = bytes - fixed;
        if (room < 0) {
            return 0;
        }
        return perToken == 0 ? Long.MAX_VALUE : room / perToken;
    }

    /** Throws unless a sequence of so many tokens fits. */
    void check(int tokens, long available) {
        if (bytes(tokens) > available) {
            long room = tokensIn(available);
            String fit = room == 0 ? "not even one token would fit" : String.format("%,d tokens would fit", room);
            throw new MemoryBudgetException(String.format(
                    "a sequence of %,d tokens needs %.2f GiB (%.2f GiB of keys and values, %.2f GiB of recurrent state)"
                            + " and %.2f GiB are available; %s: use a smaller context (-c), fewer tokens (-n) or BF16"
                            + " keys and values",
                    tokens, bytes(tokens) / GIB, (double) perToken * tokens / GIB, fixed / GIB, available / GIB, fit));
        }
    }
}
