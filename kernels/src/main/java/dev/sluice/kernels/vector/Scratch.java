package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;

/**
 * Where a matrix product keeps what in its scratch, in floats. {@link dev.sluice.kernels.MatMul#scratch} covers it.
 */
final class Scratch {
    /** Sums of some tokens and a tile, a vector each. */
    static final int SUMS = 0;

    /** Tokens of a tile at most. */
    static final int TOKENS = MatMul.MANY;

    /** Where the product after this one begins, see {@link OneTokenFp8}; nothing else is written here. */
    static final int NEXT = TOKENS * Tile.ROWS * 16;

    /** The names of the vector that is unzipped and of the tokens that are packed; nothing else is written here. */
    static final int UNZIPPED_NAME = NEXT + 8;

    static final int PACKED_NAME = UNZIPPED_NAME + 2;

    /** Widened rows, or a panel of a tile. */
    static final int ROWS = NEXT + 16;

    /** Widened columns behind the last whole strip of the rows of a tile. */
    private static final int RESTS = ROWS + Tile.ROWS * MatMul.PART;

    private Scratch() {}

    /** Floats from one widened row to the next: an odd number of cache lines apart when cols is a power of two. */
    static int pitch(int cols) {
        return (cols + 15) / 16 * 16 + 16;
    }

    /** The columns of a row of a tile behind the last whole strip. */
    static int rest(int row) {
        return RESTS + row * 32;
    }

    /** An unzipped vector, behind the scales of a group of affine rows. */
    static int unzipped(int cols) {
        return ROWS + 4 * pitch(cols);
    }

    /** Scales of one row. */
    static int scales(int cols) {
        return Math.max(RESTS + Tile.ROWS * 32, ROWS + 5 * pitch(cols));
    }

    /**
     * Activations of a block of tokens in the order of use: behind the unzipped vector, and behind the scales, of which a
     * row has one for 32 columns at most, and biases, both written in whole strips.
     */
    static int tokens(int cols) {
        return Math.max(unzipped(cols) + pitch(cols), (scales(cols) + 15) / 16 * 16 + pitch(cols / 16) + 32);
    }

    /** Sums of one or a few tokens: {@link #PART_SUMS} bytes for each part of the columns. */
    static int partSums(int cols) {
        return (tokens(cols) + TOKENS * cols + 15) / 16 * 16;
    }

    /** Bytes from the sums of a part to those of the next: as many rows of four streams as there are lanes. */
    static final int PART_SUMS = 64 * BYTES;

    /** Parts of the columns, see {@link MatMul}. */
    static int parts(int cols) {
        int part = MatMul.part(cols);
        return (cols + part - 1) / part;
    }

    /** Floats of all ways but {@link ManyTokens}, whose parts lie behind. */
    static int size(int cols) {
        return partSums(cols) + parts(cols) * PART_SUMS / 4;
    }

    static long address(F32 scratch, int at) {
        return scratch.address() + 4L * at;
    }
}
