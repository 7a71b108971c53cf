package dev.sluice.kernels.vector;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.PlainMatMul;

/** Rows times one vector, multiplied straight from the stored weights. */
final class OneToken {
    private OneToken() {}

    /** Rows {@code [from, to)} of {@code w} times the vector at {@code x}, to {@code y + 4 * row}. */
    static void multiply(Matrix w, long x, long y, int from, int to, F32 scratch) {
        switch (w) {
            case Matrix.Dense dense -> dense(dense, x, y, from, to, scratch);
            case Matrix.Fp8Blocks blocks -> fp8(blocks, x, y, from, to, scratch);
            case Matrix.AffineGroups groups -> affine(groups, x, y, from, to, scratch);
        }
    }

    private static void dense(Matrix.Dense w, long x, long y, int from, int to, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        long sums = Scratch.address(scratch, Scratch.SUMS);
        for (int r = from; r < to; r++) {
            float sum = DenseRows.dot(w, r, x, whole, sums);
            Lanes.set(y + 4L * r, tail(w, r, x, sum, scratch));
        }
    }

    /** One row of blocks at a time: its scales are prepared once. */
    private static void fp8(Matrix.Fp8Blocks w, long x, long y, int from, int to, F32 scratch) {
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        int next;
        for (int first = from; first < to; first = next) {
            next = Math.min(to, (first / Matrix.Fp8Blocks.BLOCK + 1) * Matrix.Fp8Blocks.BLOCK);
            boolean finite = Fp8Rows.prepare(w, first, 0, w.cols(), scales);
            for (int r = first; r < next; r++) {
                float sum = finite ? fp8(w, r, scales, x, scratch) : exact(w, r, x, scratch);
                Lanes.set(y + 4L * r, tail(w, r, x, sum, scratch));
            }
        }
    }

    private static float fp8(Matrix.Fp8Blocks w, int row, long scales, long x, F32 scratch) {
        long codes = w.data().address() + (long) row * w.cols();
        return Fp8Rows.dot(codes, scales, x, Lanes.whole(w.cols()), Scratch.address(scratch, Scratch.SUMS));
    }

    private static float exact(Matrix w, int row, long x, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        PlainMatMul.widen(w, row, 0, whole, scratch, Scratch.ROWS);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        return DenseRows.dotF32(Scratch.address(scratch, Scratch.ROWS), x, whole, sums);
    }

    private static void affine(Matrix.AffineGroups w, long x, long y, int from, int to, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        int group = Integer.numberOfTrailingZeros(w.group());
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        long sums = Scratch.address(scratch, Scratch.SUMS);
        for (int r = from; r < to; r++) {
            AffineRows.prepare(w, r, 0, w.cols(), scales);
            long codes = w.data().address() + (long) r * w.cols() * w.bits() / 8;
            float sum = w.bits() == 4
                    ? AffineRows.dot4(codes, group, scales, x, whole, sums)
                    : AffineRows.dot8(codes, group, scales, x, whole, sums);
            Lanes.set(y + 4L * r, tail(w, r, x, sum, scratch));
        }
    }

    /** Continues the sum of a row with the columns after the last whole strip. */
    private static float tail(Matrix w, int row, long x, float sum, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        if (whole == w.cols()) {
            return sum;
        }
        PlainMatMul.widen(w, row, whole, w.cols(), scratch, Scratch.ROWS);
        return Lanes.tail(sum, Scratch.address(scratch, Scratch.ROWS), x + 4L * whole, w.cols() - whole);
    }
}
