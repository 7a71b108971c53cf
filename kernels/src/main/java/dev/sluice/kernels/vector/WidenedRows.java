package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.STRIP;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.PlainMatMul;

/** Pieces of rows widened to f32, whatever the form: of each strip the even columns, then the odd ones. */
final class WidenedRows {
    private WidenedRows() {}

    /**
     * Writes columns {@code [from, to)} of a row to {@code scratch[at ..]}, those behind the last whole strip as they come;
     * {@code from} is a multiple of 128.
     */
    static void widen(Matrix w, int row, int from, int to, F32 scratch, int at) {
        int whole = Lanes.whole(to - from);
        strips(w, row, from, whole, scratch, at, 2 * BYTES, BYTES);
        if (from + whole < to) {
            PlainMatMul.widen(w, row, from + whole, to, scratch, at + whole);
        }
    }

    /**
     * Writes columns {@code [from, to)} of a row as row {@code i} of the panel of a tile, those behind the last whole
     * strip to {@link Scratch#rest}.
     */
    static void panel(Matrix w, int row, int from, int to, F32 scratch, int i) {
        int whole = Lanes.whole(to - from);
        strips(w, row, from, whole, scratch, Scratch.ROWS + i * LANES, 2 * Tile.PITCH, Tile.PITCH);
        if (from + whole < to) {
            PlainMatMul.widen(w, row, from + whole, to, scratch, Scratch.rest(i));
        }
    }

    /**
     * Whole strips by vectors.
     *
     * @param step bytes from strip to strip in what is written
     * @param odd bytes from the even columns of a strip to the odd ones
     */
    private static void strips(Matrix w, int row, int from, int cols, F32 scratch, int at, int step, int odd) {
        long target = Scratch.address(scratch, at);
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        switch (w) {
            case Matrix.Dense dense ->
                DenseRows.widen(dense.type(), DenseRows.start(dense, row, from), cols, target, step, odd);
            case Matrix.Fp8Blocks blocks -> {
                long codes = blocks.data().address() + (long) row * blocks.cols() + from;
                if (Fp8Rows.prepare(blocks, row, from, cols, scales)) {
                    Fp8Rows.widen(codes, scales, cols, target, step, odd);
                } else {
                    exact(blocks, row, from, cols, target, step, odd);
                }
            }
            case Matrix.AffineGroups groups -> affine(groups, row, from, cols, scales, target, step, odd);
        }
    }

    /** Element by element: codes and scales that the vector form misses. */
    private static void exact(Matrix.Fp8Blocks w, int row, int from, int cols, long target, int step, int odd) {
        for (int k = 0; k < cols; k++) {
            long strip = target + (long) (k / STRIP) * step;
            Lanes.set(strip + k % 2 * odd + 4L * (k % STRIP / 2), PlainMatMul.element(w, row, from + k));
        }
    }

    private static void affine(
            Matrix.AffineGroups w, int row, int from, int cols, long scales, long target, int step, int odd) {
        int group = Integer.numberOfTrailingZeros(w.group());
        int count = cols >> group;
        AffineScales.prepare(w, ((long) row * w.cols() + from) >> group, count, scales);
        long codes = w.data().address() + ((long) row * w.cols() + from) * w.bits() / 8;
        long biases = scales + 4L * count;
        if (w.bits() == 4) {
            AffineRows.widen4(codes, group, scales, biases, cols, target, step, odd);
        } else {
            AffineRows.widen8(codes, group, scales, biases, cols, target, step, odd);
        }
    }
}
