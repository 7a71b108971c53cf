package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;

/**
 * Where a matrix product keeps what in its scratch, in floats: sums of a tile, six widened rows, widened scales.
 * {@link dev.sluice.kernels.MatMul#scratch} covers it: {@code 768 + 6 * (cols + 31) + cols / 16 + 2}.
 */
final class Scratch {
    /** Even and odd sums of a tile of six rows and four tokens, one vector of up to 16 floats each. */
    static final int SUMS = 0;

    static final int ROWS = 2 * 4 * Tile.ROWS * 16;

    private Scratch() {}

    /** Floats from one widened row to the next: an odd number of cache lines apart when cols is a power of two. */
    static int pitch(int cols) {
        return (cols + 15) / 16 * 16 + 16;
    }

    /** An unzipped vector, behind the scales of a group of affine rows. */
    static int unzipped(int cols) {
        return ROWS + 4 * pitch(cols);
    }

    /** Scales of one row. */
    static int scales(int cols) {
        return ROWS + Tile.ROWS * pitch(cols);
    }

    static long address(F32 scratch, int at) {
        return scratch.address() + 4L * at;
    }
}
