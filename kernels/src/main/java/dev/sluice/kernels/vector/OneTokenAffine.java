package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;

/**
 * Rows of affine codes times one vector, as many rows at a time as have room for their scales. Four streams of 4-bit codes are
 * read side by side, and ask for what follows them while they end.
 */
final class OneTokenAffine {
    /** Columns between two calls of {@link Prefetch}: a quarter of a KiB of every stream. */
    private static final int PIECE = 512;

    private OneTokenAffine() {}

    /** See {@link OneToken#multiply}. */
    static void multiply(Matrix.AffineGroups w, long x, long unzipped, long y, int from, int to, F32 scratch) {
        int next;
        for (int r = from; r < to; r = next) {
            next = Math.min(to, r + rows(w));
            AffineScales.prepare(
                    w,
                    (long) r * (w.cols() / w.group()),
                    (next - r) * (w.cols() / w.group()),
                    Scratch.address(scratch, Scratch.ROWS));
            prepared(w, x, unzipped, y, r, next, distance(w, next, to), scratch);
        }
    }

    /** Rows whose scales are prepared together: 20 KiB of them stay in L1, and there is no room for more than a group. */
    private static int rows(Matrix.AffineGroups w) {
        return Math.min(w.group(), Math.max(LANES, (20 << 10) / (8 * w.cols() / w.group()) & -LANES));
    }

    /** Rows from one stream to the next of those that begin at {@code from}; none where rows are read one by one. */
    private static int distance(Matrix.AffineGroups w, int from, int to) {
        boolean streams = w.bits() == 4 && AffineTables.takes(Integer.numberOfTrailingZeros(w.group()));
        return streams ? (Math.min(to, from + rows(w)) - from) / 4 : 0;
    }

    /** @param nextDistance rows from one stream to the next of those that follow */
    private static void prepared(
            Matrix.AffineGroups w, long x, long unzipped, long y, int from, int to, int nextDistance, F32 scratch) {
        int group = Integer.numberOfTrailingZeros(w.group());
        long pitch = (long) w.cols() * w.bits() / 8;
        long scales = Scratch.address(scratch, Scratch.ROWS);
        long scalePitch = 4L * (w.cols() >> group);
        long biases = scales + (to - from) * scalePitch;
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        int distance = distance(w, from, to);
        long first = w.data().address() + from * pitch;
        long next = w.data().address() + to * pitch;
        int together = OneToken.together(distance);
        int steps;
        for (int i = 0; i < distance; i += steps) {
            steps = Math.min(together, distance - i);
            OneToken.clear(w, sums, 4 * together);
            AffineScales.ahead(w, to + 4 * i, 4 * steps);
            for (int step = 0; step < steps; step++) {
                long at = (i + step) * scalePitch;
                four(
                        first,
                        (i + step) * pitch,
                        distance * pitch,
                        next,
                        nextDistance * pitch,
                        group,
                        scales + at,
                        biases + at,
                        distance * scalePitch,
                        unzipped,
                        w.cols(),
                        sums + (long) step * BYTES,
                        (long) together * BYTES);
            }
            OneToken.finishFour(w, from + i, distance, together, steps, x, y, scratch);
        }
        int rows;
        for (int r = from + 4 * distance; r < to; r += rows) {
            rows = Math.min(LANES, to - r);
            OneToken.clear(w, sums, LANES);
            for (int i = 0; i < rows; i++) {
                long codes = w.data().address() + (r + i) * pitch;
                long at = (r + i - from) * scalePitch;
                Prefetch.lines(codes + Prefetch.AHEAD, 0, pitch, 1);
                one(w, codes, scales + at, biases + at, unzipped, sums + (long) i * BYTES);
            }
            OneToken.finish(w, r, rows, x, y, scratch);
        }
    }

    /**
     * Four rows, {@code pitch} bytes apart.
     *
     * @param first the first stream
     * @param start bytes from there to the row
     * @param next the first of the streams that follow when these have ended, {@code pitch} bytes from their beginning
     */
    private static void four(
            long first,
            long start,
            long pitch,
            long next,
            long nextPitch,
            int group,
            long scales,
            long biases,
            long scalePitch,
            long x,
            int cols,
            long sums,
            long apart) {
        int part = MatMul.part(cols);
        long to = sums;
        for (int begin = 0; begin < cols; begin += part) {
            int end = Math.min(cols, begin + part);
            for (int k = begin; k < end; k += PIECE) {
                int piece = Math.min(PIECE, end - k);
                long at = start + k / 2;
                long ahead = at + Prefetch.AHEAD;
                if (ahead < pitch) {
                    Prefetch.fourOfFour(first + ahead, pitch);
                } else {
                    Prefetch.fourOfFour(next + ahead - pitch, nextPitch);
                }
                long g = 4L * (k >> group);
                AffineTables.dotFour(
                        first + at, pitch, group, scales + g, biases + g, scalePitch, x + 4L * k, piece, to, apart);
            }
            to += Scratch.PART_SUMS;
        }
    }

    private static void one(Matrix.AffineGroups w, long codes, long scales, long biases, long x, long sums) {
        int group = Integer.numberOfTrailingZeros(w.group());
        int part = MatMul.part(w.cols());
        long out = sums;
        for (int k = 0; k < w.cols(); k += part) {
            int size = Math.min(part, w.cols() - k);
            long at = codes + (long) k * w.bits() / 8;
            long g = 4L * (k >> group);
            if (w.bits() == 4) {
                AffineRows.dot4(at, group, scales + g, biases + g, x + 4L * k, size, out);
            } else {
                AffineRows.dot8(at, group, scales + g, biases + g, x + 4L * k, size, out);
            }
            out += Scratch.PART_SUMS;
        }
    }
}
