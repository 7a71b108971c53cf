package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.INT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.LONG;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.PlainMatMul;

/**
 * Rows times one vector, multiplied straight from the stored weights.
 *
 * <p>Most codes come apart as even and odd columns, so all are multiplied with an unzipped copy of the vector: of each strip
 * the even columns, then the odd ones.
 */
final class OneToken {
    /**
     * Columns between two calls of {@link Prefetch}, which asks for as much of every stream. On a Xeon 128 and 256 are alike;
     * one thread of a Zen 5 reached 32.6 GB/s with 256 and 35.9 with 128, whose hints hold fewer of its buffers at once.
     */
    private static final int PIECE = 128;

    private OneToken() {}

    /**
     * Rows {@code [from, to)} of {@code w} times the vector at {@code x}, to {@code y + 4 * row}.
     *
     * @param vectors the name of the vector, see {@link dev.sluice.kernels.MatMul}
     */
    static void multiply(Matrix w, long x, long y, int from, int to, F32 scratch, long vectors) {
        long unzipped = unzip(x, Lanes.whole(w.cols()), scratch, vectors);
        switch (w) {
            case Matrix.Dense dense -> dense(dense, x, unzipped, y, from, to, scratch);
            case Matrix.Fp8Blocks blocks -> OneTokenFp8.multiply(blocks, x, unzipped, y, from, to, scratch);
            case Matrix.AffineGroups groups -> OneTokenAffine.multiply(groups, x, unzipped, y, from, to, scratch);
        }
    }

    private static void dense(Matrix.Dense w, long x, long unzipped, long y, int from, int to, F32 scratch) {
        if (w.type() == Dtype.BF16) {
            bf16(w, x, unzipped, y, from, to, scratch);
        } else {
            others(w, x, unzipped, y, from, to, scratch);
        }
    }

    private static void bf16(Matrix.Dense w, long x, long unzipped, long y, int from, int to, F32 scratch) {
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        long pitch = w.type().bytes(w.cols());
        int distance = (to - from) / 4;
        int steps;
        for (int i = 0; i < distance; i += steps) {
            steps = Math.min(LANES / 4, distance - i);
            long at = DenseRows.start(w, from + i, 0);
            clear(w, sums);
            for (int step = 0; step < steps; step++) {
                fourBf16(w.cols(), at + step * pitch, distance * pitch, unzipped, sums + 4L * step * BYTES);
            }
            finish(w, from + i, 4, distance, 4 * steps, x, y, scratch);
        }
        others(w, x, unzipped, y, from + 4 * distance, to, scratch);
    }

    /** Sums of as many rows as there are lanes begin with zero. */
    static void clear(Matrix w, long sums) {
        Lanes.clear(sums, Scratch.parts(w.cols()) * Scratch.PART_SUMS / BYTES);
    }

    /** Four rows, {@code pitch} bytes apart, in pieces between which the lines ahead are asked for. */
    private static void fourBf16(int cols, long w, long pitch, long x, long sums) {
        int whole = Lanes.whole(cols);
        int part = MatMul.part(cols);
        long to = sums;
        for (int first = 0; first < whole; first += part) {
            int end = Math.min(whole, first + part);
            for (int k = first; k < end; k += PIECE) {
                int piece = Math.min(PIECE, end - k);
                long at = w + 2L * k;
                Prefetch.lines(at + Prefetch.AHEAD, pitch, 2L * piece, 4);
                DenseRows.dotFourBf16(at, pitch, x + 4L * k, piece, to);
            }
            to += Scratch.PART_SUMS;
        }
    }

    /** Row by row. */
    private static void others(Matrix.Dense w, long x, long unzipped, long y, int from, int to, F32 scratch) {
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        int rows;
        for (int r = from; r < to; r += rows) {
            rows = Math.min(LANES, to - r);
            clear(w, sums);
            for (int i = 0; i < rows; i++) {
                dot(w.type(), DenseRows.start(w, r + i, 0), unzipped, w.cols(), sums + (long) i * BYTES);
            }
            finish(w, r, 1, 0, rows, x, y, scratch);
        }
    }

    /** One row of numbers, part by part. */
    static void dot(Dtype type, long row, long x, int cols, long sums) {
        int whole = Lanes.whole(cols);
        int part = MatMul.part(cols);
        long out = sums;
        for (int k = 0; k < whole; k += part) {
            int size = Math.min(part, whole - k);
            long at = row + type.bytes(k);
            switch (type) {
                case F32 -> DenseRows.dotF32(at, x + 4L * k, size, out);
                case BF16 -> DenseRows.dotBf16(at, x + 4L * k, size, out);
                default -> DenseRows.dotF16(at, x + 4L * k, size, out);
            }
            out += Scratch.PART_SUMS;
        }
    }

    /**
     * Adds up the lanes of {@code count} rows and continues with the columns after the last whole strip.
     *
     * @param first row of the first sum
     * @param streams rows that were read side by side; their sums follow one another
     * @param distance rows from one of those to the next
     */
    static void finish(Matrix w, int first, int streams, int distance, int count, long x, long y, F32 scratch) {
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        LaneSums.addParts(sums, LANES, Scratch.parts(w.cols()));
        int whole = Lanes.whole(w.cols());
        if (whole < w.cols()) {
            for (int i = 0; i < count; i++) {
                int row = first + i / streams + i % streams * distance;
                PlainMatMul.widen(w, row, whole, w.cols(), scratch, Scratch.ROWS);
                long rest = Scratch.address(scratch, Scratch.ROWS);
                float sum = Lanes.get(sums + 4L * i);
                Lanes.set(sums + 4L * i, Lanes.tail(sum, rest, x + 4L * whole, w.cols() - whole));
            }
        }
        write(sums, streams, distance, count, y + 4L * first);
    }

    /** A method of its own: behind the additions of lanes C2 has no nodes left and calls for every number. */
    private static void write(long sums, int streams, int distance, int count, long y) {
        long to = y;
        for (int i = 0; i < count; i += streams) {
            for (int stream = 0; stream < streams; stream++) {
                Lanes.set(to + 4L * stream * distance, Lanes.get(sums + 4L * (i + stream)));
            }
            to += 4;
        }
    }

    /**
     * Copies whole strips of {@code x} so that of each strip the even columns come first, then the odd ones: the order
     * in which packed codes come apart. Products with the same vector find it there.
     *
     * @return where the copy is
     */
    private static long unzip(long x, int cols, F32 scratch, long vectors) {
        long to = Scratch.address(scratch, Scratch.unzipped(cols));
        long name = Scratch.address(scratch, Scratch.UNZIPPED_NAME);
        if (vectors == ManyTokens.NAMELESS || Lanes.getLong(name) != ManyTokens.mark(vectors, cols)) {
            unzip(x, cols, to);
            Lanes.setLong(name, ManyTokens.mark(vectors, cols));
        }
        return to;
    }

    /**
     * A pair of columns is a long. Not by vectors: a process that only reads prompts comes here once a prompt, too seldom for
     * C2, and each vector was an object, 0.45 MB a prompt; and two vectors rearranged into one left a box for each even after
     * that. 1024 columns take 0.2 us, once for all products with a vector.
     */
    private static void unzip(long x, int cols, long to) {
        long x0 = address(x);
        long y0 = address(to);
        for (int i = 0; i < cols; i += STRIP) {
            long at = 4L * (i & Integer.MAX_VALUE);
            for (int lane = 0; lane < LANES; lane++) {
                int l = lane & LANES - 1;
                long pair = MEMORY.get(LONG, x0 + at + 8L * l);
                MEMORY.set(INT, y0 + at + 4L * l, (int) pair);
                MEMORY.set(INT, y0 + at + BYTES + 4L * l, (int) (pair >>> 32));
            }
        }
    }
}
