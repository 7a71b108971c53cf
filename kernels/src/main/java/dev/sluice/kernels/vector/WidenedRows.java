package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.PlainMatMul;

/** Pieces of rows widened to f32, whatever the form. */
final class WidenedRows {
    private WidenedRows() {}

    /**
     * Writes columns {@code [from, to)} of a row to {@code scratch[at ..]}; {@code from} is a multiple of 128. The
     * pieces of a row are asked for from column 0 up, which is when its scales are prepared. Whole strips go by
     * vectors, the rest one by one.
     */
    static void widen(Matrix w, int row, int from, int to, F32 scratch, int at) {
        int whole = Lanes.whole(to - from);
        long target = Scratch.address(scratch, at);
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        switch (w) {
            case Matrix.Dense dense -> DenseRows.widen(dense, row, from, whole, target);
            case Matrix.Fp8Blocks blocks -> {
                long codes = blocks.data().address() + (long) row * blocks.cols() + from;
                if (Fp8Rows.prepare(blocks, row, from, whole, scales)) {
                    Fp8Rows.widen(codes, scales, whole, target);
                } else {
                    PlainMatMul.widen(w, row, from, from + whole, scratch, at);
                }
            }
            case Matrix.AffineGroups groups -> affine(groups, row, from, whole, scales, target);
        }
        if (from + whole < to) {
            PlainMatMul.widen(w, row, from + whole, to, scratch, at + whole);
        }
    }

    private static void affine(Matrix.AffineGroups w, int row, int from, int cols, long scales, long target) {
        int group = Integer.numberOfTrailingZeros(w.group());
        long codes = w.data().address() + ((long) row * w.cols() + from) * w.bits() / 8;
        long scale = scales + 4L * from / w.group();
        long bias = scale + 4L * w.cols() / w.group();
        if (from == 0) {
            AffineRows.prepare(w, row, 1, scales);
        }
        if (w.bits() == 4) {
            AffineRows.widen4(codes, group, scale, bias, cols, target);
        } else {
            AffineRows.widen8(codes, group, scale, bias, cols, target);
        }
    }
}
