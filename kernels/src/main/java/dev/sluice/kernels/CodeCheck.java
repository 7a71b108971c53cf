package dev.sluice.kernels;

/**
 * Which rows of blocks of an FP8 matrix hold a NaN code. The codes of a file do not change, so each row of blocks is
 * searched once, by whoever multiplies with it first, and not in every inner loop. Threads that come at the same time
 * find the same.
 */
public final class CodeCheck {
    private static final byte NUMBERS = 1;
    private static final byte NAN = 2;

    private final byte[] state;

    CodeCheck(int blockRows) {
        state = new byte[blockRows];
    }

    /** Whether this row of blocks was searched. */
    public boolean done(int blockRow) {
        return state[blockRow] != 0;
    }

    /** Whether it was searched and holds numbers only. */
    public boolean numbers(int blockRow) {
        return state[blockRow] == NUMBERS;
    }

    /** Takes the result of the search. */
    public void found(int blockRow, boolean numbersOnly) {
        state[blockRow] = numbersOnly ? NUMBERS : NAN;
    }
}
