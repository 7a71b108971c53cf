package dev.sluice.kernels;

/**
 * Rows of floats at equal distances: row {@code i} is at {@code at + i * stride}. The shape of every activation buffer
 * ({@code [tokens, width]}), also of a column block inside a wider row.
 *
 * @param data the memory
 * @param at first element of row 0
 * @param stride elements from one row to the next
 */
public record Rows(F32 data, long at, int stride) {
    /** Rows that fill a buffer from its start, {@code stride} floats each. */
    public static Rows of(F32 data, int stride) {
        return new Rows(data, 0, stride);
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
        if (first < 0 || count < 0 || width < 0 || (count > 1 && width > stride)) {
            throw new IndexOutOfBoundsException(
                    "rows [" + first + ", " + first + "+" + count + ") of width " + width + ", stride " + stride);
        }
        if (count > 0) {
            data.check(row(first), (count - 1L) * stride + width);
        }
    }
}
