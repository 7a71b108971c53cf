package dev.sluice.kernels.vector;

import static dev.sluice.kernels.Matrix.Fp8Blocks.BLOCK;
import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.PlainMatMul;

/**
 * FP8 rows times one vector. Four streams of a row of blocks ask for what follows them while they end: the streams of the
 * next row of blocks, and behind the last one those of the product that was announced.
 */
final class OneTokenFp8 {
    /**
     * Columns between two calls of {@link Prefetch}, which asks for as much of every stream. Two threads reached 29.8 GB/s
     * with 256, 27.8 with 512, 22.6 with 1024, because hints wait for each other.
     */
    private static final int PIECE = 256;

    private OneTokenFp8() {}

    /** See {@link dev.sluice.kernels.MatMul#expect}. */
    static void expect(Matrix.Fp8Blocks w, int from, int to, F32 scratch) {
        long at = Scratch.address(scratch, Scratch.NEXT);
        Lanes.setLong(at, w.data().address() + (long) from * w.cols());
        Lanes.setLong(at + 8, distance(from, to) * (long) w.cols());
        askForScales(w, from / BLOCK);
    }

    /** What comes next is not FP8. */
    static void expectNothing(F32 scratch) {
        Lanes.setLong(Scratch.address(scratch, Scratch.NEXT), 0);
    }

    /** Rows from one stream to the next of those that begin at {@code from}. */
    private static int distance(int from, int to) {
        return (Math.min(to, (from / BLOCK + 1) * BLOCK) - from) / 4;
    }

    private static void askForScales(Matrix.Fp8Blocks w, int blockRow) {
        long row = 4L * Matrix.Fp8Blocks.blocks(w.cols());
        Prefetch.lines(w.scales().address() + blockRow * row, 0, row, 1);
    }

    /**
     * One row of blocks at a time: its scales are prepared once.
     *
     * @param unzipped a copy of {@code x}, see {@link OneToken}
     */
    static void multiply(Matrix.Fp8Blocks w, long x, long unzipped, long y, int from, int to, F32 scratch) {
        long expected = Scratch.address(scratch, Scratch.NEXT);
        long after = Lanes.getLong(expected);
        long afterPitch = Lanes.getLong(expected + 8);
        expectNothing(scratch);
        int next;
        for (int r = from; r < to; r = next) {
            next = Math.min(to, (r / BLOCK + 1) * BLOCK);
            if (Fp8Rows.prepare(w, r, 0, w.cols(), Scratch.address(scratch, Scratch.scales(w.cols())))) {
                long follows = w.data().address() + (long) next * w.cols();
                if (next < to || after == 0) {
                    askForScales(w, next / BLOCK);
                    prepared(w, x, unzipped, y, r, next, follows, (long) distance(next, to) * w.cols(), scratch);
                } else {
                    prepared(w, x, unzipped, y, r, next, after, afterPitch, scratch);
                }
            } else {
                exact(w, x, unzipped, y, r, next, scratch);
            }
        }
    }

    /**
     * Rows {@code [from, to)} of one row of blocks, four streams of its quarters.
     *
     * @param next where the first of the streams is that follow, and from there to the next one {@code nextPitch} bytes
     */
    private static void prepared(
            Matrix.Fp8Blocks w,
            long x,
            long unzipped,
            long y,
            int from,
            int to,
            long next,
            long nextPitch,
            F32 scratch) {
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        long pitch = w.cols();
        int distance = (to - from) / 4;
        long first = w.data().address() + from * pitch;
        int together = OneToken.together(distance);
        int steps;
        for (int i = 0; i < distance; i += steps) {
            steps = Math.min(together, distance - i);
            OneToken.clear(w, sums, 4 * together);
            for (int step = 0; step < steps; step++) {
                fourFp8(
                        first,
                        (i + step) * pitch,
                        distance * pitch,
                        next,
                        nextPitch,
                        scales,
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
                one(codes, scales, unzipped, w.cols(), sums + (long) i * BYTES);
            }
            OneToken.finish(w, r, rows, x, y, scratch);
        }
    }

    /**
     * Four rows {@code pitch} bytes apart.
     *
     * @param first the first stream
     * @param start bytes from there to the row
     * @param next the first of the streams that follow when these have ended, {@code pitch} bytes from their beginning
     */
    private static void fourFp8(
            long first,
            long start,
            long pitch,
            long next,
            long nextPitch,
            long scales,
            long x,
            int cols,
            long sums,
            long apart) {
        int whole = Lanes.whole(cols);
        int part = MatMul.part(cols);
        long to = sums;
        for (int begin = 0; begin < whole; begin += part) {
            int end = Math.min(whole, begin + part);
            for (int k = begin; k < end; k += PIECE) {
                int piece = Math.min(PIECE, end - k);
                long at = start + k;
                long ahead = at + Prefetch.AHEAD;
                if (ahead < pitch) {
                    Prefetch.fourOfFour(first + ahead, pitch);
                } else {
                    Prefetch.fourOfFour(next + ahead - pitch, nextPitch);
                }
                Fp8Rows.dotFour(first + at, pitch, scales + 4L * (k / BLOCK), x + 4L * k, piece, to, apart);
            }
            to += Scratch.PART_SUMS;
        }
    }

    private static void one(long codes, long scales, long x, int cols, long sums) {
        int whole = Lanes.whole(cols);
        int part = MatMul.part(cols);
        long out = sums;
        for (int k = 0; k < whole; k += part) {
            Fp8Rows.dot(codes + k, scales + 4L * (k / BLOCK), x + 4L * k, Math.min(part, whole - k), out);
            out += Scratch.PART_SUMS;
        }
    }

    private static void exact(Matrix.Fp8Blocks w, long x, long unzipped, long y, int from, int to, F32 scratch) {
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        OneToken.clear(w, sums, LANES);
        for (int r = from; r < to; r++) {
            PlainMatMul.widen(w, r, 0, Lanes.whole(w.cols()), scratch, Scratch.ROWS);
            OneToken.dot(Dtype.F32, Scratch.address(scratch, Scratch.ROWS), unzipped, w.cols(), sums);
            OneToken.finish(w, r, 1, x, y, scratch);
        }
    }
}
