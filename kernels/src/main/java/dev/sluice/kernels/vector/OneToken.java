package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.INT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.LONG;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.Lanes.address;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.PlainMatMul;
import jdk.incubator.vector.FloatVector;

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
        int together = together(distance);
        int steps;
        for (int i = 0; i < distance; i += steps) {
            steps = Math.min(together, distance - i);
            long at = DenseRows.start(w, from + i, 0);
            clear(w, sums, 4 * together);
            for (int step = 0; step < steps; step++) {
                long sum = sums + (long) step * BYTES;
                fourBf16(w.cols(), at + step * pitch, distance * pitch, unzipped, sum, (long) together * BYTES);
            }
            finishFour(w, from + i, distance, together, steps, x, y, scratch);
        }
        others(w, x, unzipped, y, from + 4 * distance, to, scratch);
    }

    /**
     * Rows of each of four streams whose lanes are added up together, when the streams are {@code distance} rows long. As
     * many as there are lanes, so that the sums of a stream are a vector: sixteen rows of 1024 columns took 460 ns in cache,
     * of which 30 went into writing the sums to their places one by one, and 1 to 1.3 us out of memory, of which it was a
     * tenth, because a store that misses L1 waits for lines that were asked for before it.
     */
    static int together(int distance) {
        return distance >= LANES ? LANES : LANES / 4;
    }

    /** {@code count} sums of each part begin with zero. */
    static void clear(Matrix w, long sums, int count) {
        int parts = Scratch.parts(w.cols());
        for (int part = 0; part < parts; part++) {
            Lanes.clear(sums + (long) part * Scratch.PART_SUMS, count);
        }
    }

    /** Four rows, {@code pitch} bytes apart, in pieces between which the lines ahead are asked for. */
    private static void fourBf16(int cols, long w, long pitch, long x, long sums, long apart) {
        int whole = Lanes.whole(cols);
        int part = MatMul.part(cols);
        long to = sums;
        for (int first = 0; first < whole; first += part) {
            int end = Math.min(whole, first + part);
            for (int k = first; k < end; k += PIECE) {
                int piece = Math.min(PIECE, end - k);
                long at = w + 2L * k;
                Prefetch.lines(at + Prefetch.AHEAD, pitch, 2L * piece, 4);
                DenseRows.dotFourBf16(at, pitch, x + 4L * k, piece, to, apart);
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
            clear(w, sums, LANES);
            for (int i = 0; i < rows; i++) {
                dot(w.type(), DenseRows.start(w, r + i, 0), unzipped, w.cols(), sums + (long) i * BYTES);
            }
            finish(w, r, rows, x, y, scratch);
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

    /** Adds up the lanes of {@code rows} sums and continues with the columns after the last whole strip. */
    static void finish(Matrix w, int first, int rows, long x, long y, F32 scratch) {
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        LaneSums.addParts(sums, LANES, Scratch.parts(w.cols()));
        finishRows(w, first, rows, sums, x, y, scratch);
    }

    /**
     * {@link #finish} of four streams that were read side by side.
     *
     * @param first row of the first stream
     * @param distance rows from one stream to the next
     * @param together sums of a stream
     * @param steps rows of each that there are
     */
    static void finishFour(Matrix w, int first, int distance, int together, int steps, long x, long y, F32 scratch) {
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        LaneSums.addParts(sums, 4 * together, Scratch.parts(w.cols()));
        for (int stream = 0; stream < 4; stream++) {
            finishRows(w, first + stream * distance, steps, sums + 4L * stream * together, x, y, scratch);
        }
    }

    private static void finishRows(Matrix w, int first, int rows, long sums, long x, long y, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        for (int i = 0; whole < w.cols() && i < rows; i++) {
            PlainMatMul.widen(w, first + i, whole, w.cols(), scratch, Scratch.ROWS);
            long rest = Scratch.address(scratch, Scratch.ROWS);
            long at = sums + 4L * i;
            Lanes.set(at, Lanes.tail(Lanes.get(at), rest, x + 4L * whole, w.cols() - whole));
        }
        write(sums, rows, y + 4L * first);
    }

    /** A method of its own: behind the additions of lanes C2 has no nodes left and calls for every number. */
    private static void write(long sums, int count, long y) {
        if (count == LANES) {
            FloatVector.fromMemorySegment(F, MEMORY, address(sums), ORDER).intoMemorySegment(MEMORY, address(y), ORDER);
            return;
        }
        int i = 0;
        for (; i < count - 1; i += 2) {
            Lanes.setLong(y + 4L * i, Lanes.getLong(sums + 4L * i));
        }
        if (i < count) {
            Lanes.set(y + 4L * i, Lanes.get(sums + 4L * i));
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
