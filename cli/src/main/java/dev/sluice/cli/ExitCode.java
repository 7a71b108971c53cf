package dev.sluice.cli;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.MemoryBudgetException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.UnsupportedModelException;

/** What the process ends with. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;
    static final int MODEL = 3;
    static final int MEMORY = 4;
    static final int INTERRUPTED = 130;
    /** What a shell reports of a program that a closed pipe ended. */
    static final int PIPE_CLOSED = 141;
    /** What a shell reports of a program that SIGTERM ended. */
    static final int TERMINATED = 143;

    private ExitCode() {}

    static int of(Throwable failure) {
        return switch (failure) {
            case InvalidRequestException _ -> USAGE;
            case ModelNotFoundException _ -> MODEL;
            case InvalidModelException _ -> MODEL;
            case UnsupportedModelException _ -> MODEL;
            case MemoryBudgetException _ -> MEMORY;
            case Console.ClosedOutputException e -> e.pipeClosed() ? PIPE_CLOSED : FAILURE;
            case Interrupt.TerminatedException _ -> TERMINATED;
            default -> FAILURE;
        };
    }

    /** Whoever caused it knows: there is nothing to say. */
    static boolean silent(int code) {
        return code == PIPE_CLOSED || code == TERMINATED;
    }
}
