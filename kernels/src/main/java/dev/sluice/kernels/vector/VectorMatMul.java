package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;
import java.lang.ref.Reference;

/**
 * {@link MatMul} on the Vector API, in three ways with the same bits: one token is multiplied straight from the stored
 * weights; a few tokens take each row in chunks that are widened in cache; many tokens take six widened rows at a time
 * through a register tile.
 *
 * <p>All three read the weights row after row as one stream of memory. Several rows at once, the usual way to hide the
 * latency of the multiply-add, defeat the prefetcher: with BF16 rows of 4 KiB on Zen 4 two streams run at 11 GB/s,
 * eight at 17 and one at 23, which is what a plain read reaches. The two sums of a strip hide the latency instead.
 */
public final class VectorMatMul implements MatMul {
    /** Tokens up to which rows are used chunk by chunk; with more the register tile pays. */
    private static final int FEW = 4;

    /** Columns of a chunk: its f32 copy (2 KiB) stays in L1 beside the activations; whole blocks and groups. */
    private static final int CHUNK = 512;

    /** Activations that stay in L2 while the rows pass, in floats (512 KiB). */
    private static final int PANEL = 128 * 1024;

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        try {
            if (tokens == 1) {
                OneToken.multiply(w, x.address(xFirst), y.address(yFirst), from, to, scratch);
            } else if (tokens <= FEW) {
                few(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
            } else {
                int block = Math.max(16, PANEL / Math.max(1, w.cols()) / 4 * 4);
                for (int t = 0; t < tokens; t += block) {
                    many(w, x, xFirst + t, y, yFirst + t, Math.min(block, tokens - t), from, to, scratch);
                }
            }
        } finally {
            Reference.reachabilityFence(w);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
            Reference.reachabilityFence(scratch);
        }
    }

    private static void few(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        long row = Scratch.address(scratch, Scratch.ROWS);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        for (int r = from; r < to; r++) {
            Lanes.clear(sums, 2 * FEW);
            for (int k = 0; k < w.cols(); k += CHUNK) {
                int end = Math.min(w.cols(), k + CHUNK);
                WidenedRows.widen(w, r, k, end, scratch, Scratch.ROWS + k);
                chunk(row + 4L * k, x, xFirst, 4L * k, tokens, Math.min(whole, end) - k, sums);
            }
            for (int t = 0; t < tokens; t++) {
                float sum = Lanes.sum(sums + 2L * t * BYTES, sums + (2L * t + 1) * BYTES);
                long tail = x.address(xFirst + t) + 4L * whole;
                Lanes.set(y.address(yFirst + t) + 4L * r, Lanes.tail(sum, row + 4L * whole, tail, w.cols() - whole));
            }
        }
    }

    /** Three tokens are multiplied as four, the last one twice. */
    private static void chunk(long w, Rows x, int xFirst, long at, int tokens, int cols, long sums) {
        long x0 = x.address(xFirst) + at;
        long x1 = x.address(xFirst + 1) + at;
        if (tokens == 2) {
            Few.row2(w, x0, x1, cols, sums);
        } else {
            long x2 = x.address(xFirst + 2) + at;
            long x3 = x.address(xFirst + tokens - 1) + at;
            Few.row4(w, x0, x1, x2, x3, cols, sums);
        }
    }

    private static void many(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        int pitch = Scratch.pitch(w.cols());
        for (int r = from; r < to; r += Tile.ROWS) {
            int rows = Math.min(Tile.ROWS, to - r);
            for (int i = 0; i < rows; i++) {
                WidenedRows.widen(w, r + i, 0, w.cols(), scratch, Scratch.ROWS + i * pitch);
            }
            int width;
            for (int t = 0; t < tokens; t += width) {
                width = tokens - t >= 4 ? 4 : tokens - t >= 2 ? 2 : 1;
                tile(width, x.address(xFirst + t), 4L * x.stride(), w.cols(), scratch);
                for (int i = 0; i < width; i++) {
                    finish(
                            i,
                            width,
                            rows,
                            x.address(xFirst + t + i),
                            y.address(yFirst + t + i) + 4L * r,
                            w.cols(),
                            scratch);
                }
            }
        }
    }

    private static void tile(int tokens, long x, long xPitch, int cols, F32 scratch) {
        long rows = Scratch.address(scratch, Scratch.ROWS);
        long pitch = 4L * Scratch.pitch(cols);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        int whole = Lanes.whole(cols);
        switch (tokens) {
            case 4 -> Tile.tile4(rows, pitch, x, xPitch, whole, sums);
            case 2 -> Tile.tile2(rows, pitch, x, xPitch, whole, sums);
            default -> Tile.tile1(rows, pitch, x, xPitch, whole, sums);
        }
    }

    /** Adds up the sums of token {@code t} of a tile, and the columns after the last whole strip. */
    private static void finish(int t, int tokens, int rows, long x, long y, int cols, F32 scratch) {
        int whole = Lanes.whole(cols);
        long even = Scratch.address(scratch, Scratch.SUMS) + (long) t * Tile.ROWS * BYTES;
        long odd = even + (long) tokens * Tile.ROWS * BYTES;
        long row = Scratch.address(scratch, Scratch.ROWS) + 4L * whole;
        for (int i = 0; i < rows; i++) {
            float sum = Lanes.sum(even + (long) i * BYTES, odd + (long) i * BYTES);
            long tail = row + 4L * i * Scratch.pitch(cols);
            Lanes.set(y + 4L * i, Lanes.tail(sum, tail, x + 4L * whole, cols - whole));
        }
    }

    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        MatMul.checkRow(w, row, y, at);
        int whole = 0;
        if (w instanceof Matrix.Dense dense) {
            whole = Lanes.whole(w.cols());
            DenseRows.widen(dense, row, 0, whole, y.address() + 4 * at);
        }
        PlainMatMul.widen(w, row, whole, w.cols(), y, at + whole);
        Reference.reachabilityFence(w);
        Reference.reachabilityFence(y);
    }
}
