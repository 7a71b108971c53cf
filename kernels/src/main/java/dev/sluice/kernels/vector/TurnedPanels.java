package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.STRIP;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;

/**
 * Rows and tokens turned for {@link ManyTokens}, {@code [class][column of the class][row or token]}, and where they lie in the
 * scratch.
 */
final class TurnedPanels {
    /** Tokens of a panel: whole tiles, and whole vectors. */
    static final int TOKENS = 8 * RowTile.TOKENS;

    static final int CLASSES = LANES;

    /** Numbers of a sum that wait for others: one for each step of the tree. */
    static final int LEVELS = Integer.numberOfTrailingZeros(CLASSES);

    /** Floats of a level. */
    static final int LEVEL = TOKENS * RowTile.ROWS;

    /** Floats of rows that stay in L2 while tokens pass, 1 MiB, and panels of rows at most. */
    private static final int BLOCK_OF_ROWS = 1 << 18;

    private static final int MOST = 4;

    /** Columns that are turned at a time: with 16 rows in L1. */
    private static final int CHUNK = 256;

    /** Columns and rows of a block of FP8 codes. */
    private static final int BLOCK = Matrix.Fp8Blocks.BLOCK;

    /** Columns of FP8 codes that are turned at a time. */
    private static final int BLOCKS = 4 * CHUNK;

    /** Floats from row to row of what is turned, an odd number of lines. */
    private static final int WORK_PITCH = CHUNK + 16;

    private TurnedPanels() {}

    /** Where the parts are, in floats from the start of the scratch; see {@link #size}. */
    static int levels(int cols) {
        return (Scratch.size(cols) + 15) / 16 * 16;
    }

    /** Sums of a tile, behind the levels and the sums of a panel that are done. */
    static int tile(int cols) {
        return levels(cols) + (LEVELS + 1) * LEVEL;
    }

    private static int work(int cols) {
        return tile(cols) + RowTile.TOKENS * RowTile.ROWS;
    }

    /** Columns behind the last whole strip, of each row of a panel. */
    static int rests(int cols, int panel) {
        return work(cols) + LANES * WORK_PITCH + panel * STRIP * RowTile.ROWS;
    }

    /** The name of the tokens that are packed. */
    static int name(int cols) {
        return rests(cols, MOST);
    }

    /** Panels of rows that are turned before tokens are multiplied with them. */
    static int rowPanels(int cols) {
        return Math.clamp(BLOCK_OF_ROWS / (RowTile.ROWS * Math.max(1, cols)), 1, MOST);
    }

    static int rows(int cols, int panel) {
        return name(cols) + 16 + panel * panel(cols, RowTile.ROWS);
    }

    static int tokens(int cols) {
        return rows(cols, rowPanels(cols));
    }

    /** Floats of scratch in all. */
    static long size(int cols) {
        return (long) tokens(cols) + (MatMul.block(cols) + TOKENS - 1) / TOKENS * panel(cols, width(TOKENS));
    }

    static int panel(int cols, int width) {
        return CLASSES * column(cols, width);
    }

    /** Floats from class to class of a panel: not a multiple of 4 KiB, which all fall into one set of L1. */
    static int column(int cols, int width) {
        return columns(cols) * width + 16;
    }

    /** Columns of a class. */
    static int columns(int cols) {
        return cols / STRIP * 2;
    }

    /** Tokens in whole vectors. */
    static int width(int tokens) {
        return (tokens + LANES - 1) / LANES * LANES;
    }

    /** Turns the tokens, panel by panel; where there is no token in a vector, the last one is turned again. */
    static void pack(Rows x, int xFirst, int tokens, int cols, F32 scratch) {
        int whole = Lanes.whole(cols);
        for (int t = 0; t < tokens; t += TOKENS) {
            int count = Math.min(TOKENS, tokens - t);
            int width = width(count);
            int panel = tokens(cols) + t / TOKENS * panel(cols, width(TOKENS));
            for (int i = 0; i < width; i += LANES) {
                for (int k = 0; k < whole; k += CHUNK) {
                    int size = Math.min(CHUNK, whole - k);
                    int to = panel + i + columns(k) * width;
                    if (t + i + LANES <= tokens) {
                        turn(x.address(xFirst + t + i) + 4L * k, 4L * x.stride(), size, scratch, cols, to, width);
                        continue;
                    }
                    long work = Scratch.address(scratch, work(cols));
                    for (int lane = 0; lane < LANES; lane++) {
                        long row = x.address(xFirst + Math.min(t + i + lane, tokens - 1)) + 4L * k;
                        DenseRows.widen(Dtype.F32, row, size, work + 4L * lane * WORK_PITCH, 2 * BYTES, BYTES);
                    }
                    turnUnzipped(size, scratch, cols, to, width);
                }
            }
        }
    }

    /** Widens and turns rows; where there are less than {@link RowTile#ROWS}, the last one is turned again. */
    static void widen(Matrix w, int first, int rows, int panel, F32 scratch) {
        int cols = w.cols();
        int whole = Lanes.whole(cols);
        boolean full = rows == RowTile.ROWS;
        if (full && w instanceof Matrix.Dense dense && dense.type() == Dtype.BF16) {
            turnPairs(dense, first, whole, panel, scratch);
        } else {
            boolean block = full && first / BLOCK == (first + rows - 1) / BLOCK && LANES > 4;
            for (int k = 0; k < whole; k += BLOCKS) {
                int size = Math.min(BLOCKS, whole - k);
                int turned = block && w instanceof Matrix.Fp8Blocks codes
                        ? turnCodes(codes, first, k, size, panel, scratch)
                        : 0;
                turnNumbers(w, first, rows, k + turned, k + size, panel, scratch);
            }
        }
        if (whole < cols) {
            for (int i = 0; i < rows; i++) {
                PlainMatMul.widen(w, first + i, whole, cols, scratch, rests(cols, panel) + STRIP * i);
            }
        }
    }

    private static void turnNumbers(Matrix w, int first, int rows, int from, int to, int panel, F32 scratch) {
        int cols = w.cols();
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            for (int k = from; k < to; k += CHUNK) {
                int size = Math.min(CHUNK, to - k);
                for (int lane = 0; lane < LANES; lane++) {
                    int row = first + Math.min(i + lane, rows - 1);
                    WidenedRows.widen(w, row, k, k + size, scratch, work(cols) + lane * WORK_PITCH);
                }
                int at = rows(cols, panel) + i + columns(k) * RowTile.ROWS;
                turnUnzipped(size, scratch, cols, at, RowTile.ROWS);
            }
        }
    }

    /** Turns BF16 as it lies, two numbers at a time: half of the shuffles, and nothing is widened before. */
    private static void turnPairs(Matrix.Dense w, int row, int whole, int panel, F32 scratch) {
        long work = Scratch.address(scratch, work(w.cols()));
        long column = 4L * column(w.cols(), RowTile.ROWS);
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            for (int k = 0; k < whole; k += 2 * CHUNK) {
                int strips = Math.min(2 * CHUNK, whole - k) / STRIP;
                long from = DenseRows.start(w, row + i, k);
                long to = Scratch.address(scratch, rows(w.cols(), panel) + i + columns(k) * RowTile.ROWS);
                TurnedWeights.pairs(from, 2L * w.cols(), strips, work, 4L * WORK_PITCH, to, column, 8L * RowTile.ROWS);
            }
        }
    }

    /** Turns codes as they lie, four at a time, in whole blocks of columns; returns how many columns. */
    private static int turnCodes(Matrix.Fp8Blocks w, int row, int from, int size, int panel, F32 scratch) {
        int whole = size / BLOCK * BLOCK;
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        if (!Fp8Rows.prepare(w, row, from, whole, scales)) {
            return 0;
        }
        long work = Scratch.address(scratch, work(w.cols()));
        long column = 4L * column(w.cols(), RowTile.ROWS);
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            long codes = w.data().address() + (long) (row + i) * w.cols() + from;
            long to = Scratch.address(scratch, rows(w.cols(), panel) + i + columns(from) * RowTile.ROWS);
            TurnedWeights.codes(
                    codes, w.cols(), whole / BYTES, scales, work, 4L * WORK_PITCH, to, column, 8L * RowTile.ROWS);
        }
        return whole;
    }

    /** Turns as many rows as lanes into a part of a panel. */
    private static void turn(long from, long pitch, int size, F32 scratch, int cols, int to, int width) {
        long work = Scratch.address(scratch, work(cols));
        long at = Scratch.address(scratch, to);
        Turned.numbers(from, pitch, size / STRIP, work, 4L * WORK_PITCH, at, 4L * column(cols, width), 8L * width);
    }

    /** {@link #turn} of rows that were widened into the work space. */
    private static void turnUnzipped(int size, F32 scratch, int cols, int to, int width) {
        long work = Scratch.address(scratch, work(cols));
        long pitch = 4L * WORK_PITCH;
        long at = Scratch.address(scratch, to);
        Turned.unzipped(work, pitch, size / STRIP, work, pitch, at, 4L * column(cols, width), 8L * width);
    }
}
