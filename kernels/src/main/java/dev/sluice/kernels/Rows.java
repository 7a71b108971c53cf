package dev.sluice.kernels;

import java.lang.foreign.Arena;

/**
 * Rows of floats at equal distances: row {@code i} is at {@code at + i * stride}. The shape of every activation buffer
 * ({@code [tokens, width]}), also of a column block inside a wider row.
 *
 * @param data the memory
 * @param at first element of row 0
 * @param stride elements from one row to the next
 */
public record Rows(F32 data, long at, int stride) {
    /** Floats of a cache line. */
    private static final int LINE = 16;

    /** Rows that fill a buffer from its start, {@code stride} floats each. */
    public static Rows of(F32 data, int stride) {
        return new Rows(data, 0, stride);
    }

    /**
     * Fresh rows of {@code width} floats, an odd number of cache lines apart: rows that lie a multiple of 4 KiB apart
     * share one set of L1, and a product of four tokens with 2048 columns is a ninth slower.
     */
    public static Rows allocate(Arena arena, int count, int width) {
        int stride = stride(width);
        return of(F32.allocate(arena, (long) count * stride), stride);
    }

    /** Floats that {@link #allocate} takes. */
    public static long floats(int count, int width) {
        return (long) count * stride(width);
    }

    private static int stride(int width) {
        return ((width + LINE - 1) / LINE | 1) * LINE;
    }

    /** The same rows, seen from column {@code column} on. */
    public Rows column(int column) {
        return new Rows(data, at + column, stride);
    }

    /** First element of row {@code i}. */
    public long row(long i) {
        return at + i * stride;
    }

    /** Absolute address of row {@code i}. */
    public long address(long i) {
        return data.address() + Float.BYTES * row(i);
    }

    /** Throws unless rows {@code [first, first + count)}, {@code width} floats each, lie inside and apart. */
    public void check(int first, int count, int width) {
        check(first, count, 0, width);
    }

    /**
     * {@link #check(int, int, int)} of the rows seen from column {@code column} on. Not by way of {@link #column}: C2 does
     * not always see that nobody keeps the view, and then each product takes 32 bytes.
     */
    public void check(int first, int count, int column, int width) {
        if (first < 0 || count < 0 || width < 0 || (count > 1 && width > stride)) {
            throw new IndexOutOfBoundsException(
                    "rows [" + first + ", " + first + "+" + count + ") of width " + width + ", stride " + stride);
        }
        if (count > 0) {
            data.check(row(first) + column, (count - 1L) * stride + width);
        }
    }
}
