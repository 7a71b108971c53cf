package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.PlainMatMul;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows times one vector, multiplied straight from the stored weights.
 *
 * <p>Codes that come apart as even and odd columns are multiplied with an unzipped copy of the vector. The promised
 * order of the sum is kept: a strip's tree of halves adds even columns to even ones until the last step.
 */
final class OneToken {
    private static final VectorShuffle<Float> EVEN = VectorShuffle.makeUnzip(F, 0);
    private static final VectorShuffle<Float> ODD = VectorShuffle.makeUnzip(F, 1);

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
        int whole = Lanes.whole(w.cols());
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        long sums = Scratch.address(scratch, Scratch.SUMS);
        long unzipped = unzip(x, whole, scratch);
        int next;
        for (int first = from; first < to; first = next) {
            next = Math.min(to, (first / Matrix.Fp8Blocks.BLOCK + 1) * Matrix.Fp8Blocks.BLOCK);
            boolean finite = Fp8Rows.prepare(w, first, 0, w.cols(), scales);
            for (int r = first; r < next; r++) {
                long codes = w.data().address() + (long) r * w.cols();
                float sum = finite ? Fp8Rows.dot(codes, scales, unzipped, whole, sums) : exact(w, r, x, scratch);
                Lanes.set(y + 4L * r, tail(w, r, x, sum, scratch));
            }
        }
    }

    private static float exact(Matrix w, int row, long x, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        PlainMatMul.widen(w, row, 0, whole, scratch, Scratch.ROWS);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        return DenseRows.dotF32(Scratch.address(scratch, Scratch.ROWS), x, whole, sums);
    }

    /** As many rows at a time as have room for their scales; they lie one behind the other. */
    private static void affine(Matrix.AffineGroups w, long x, long y, int from, int to, F32 scratch) {
        int groups = w.cols() / w.group();
        int shift = Integer.numberOfTrailingZeros(w.group());
        long scales = Scratch.address(scratch, Scratch.ROWS);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        long input = w.bits() == 4 ? unzip(x, w.cols(), scratch) : x;
        int next;
        for (int first = from; first < to; first = next) {
            next = Math.min(to, first + w.group());
            AffineRows.prepare(w, first, next - first, scales);
            long biases = scales + 4L * (next - first) * groups;
            for (int r = first; r < next; r++) {
                long codes = w.data().address() + (long) r * w.cols() * w.bits() / 8;
                long skip = 4L * (r - first) * groups;
                float sum = w.bits() == 4
                        ? AffineRows.dot4(codes, shift, scales + skip, biases + skip, input, w.cols(), sums)
                        : AffineRows.dot8(codes, shift, scales + skip, biases + skip, input, w.cols(), sums);
                Lanes.set(y + 4L * r, sum);
            }
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

    /**
     * Copies whole strips of {@code x} so that of each strip the even columns come first, then the odd ones: the order
     * in which packed codes come apart.
     *
     * @return where the copy is
     */
    private static long unzip(long x, int cols, F32 scratch) {
        long to = Scratch.address(scratch, Scratch.unzipped(cols));
        for (long at = 0; at < 4L * cols; at += 2 * BYTES) {
            FloatVector first = FloatVector.fromMemorySegment(F, MEMORY, x + at, ORDER);
            FloatVector second = FloatVector.fromMemorySegment(F, MEMORY, x + at + BYTES, ORDER);
            first.rearrange(EVEN, second).intoMemorySegment(MEMORY, to + at, ORDER);
            first.rearrange(ODD, second).intoMemorySegment(MEMORY, to + at + BYTES, ORDER);
        }
        return to;
    }
}
