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

    /** Panels of rows that are turned before tokens pass: 1 MiB of a whole part, which stays in L2. */
    static final int ROW_PANELS = 4;

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
    static int rests(int cols) {
        return work(cols) + LANES * WORK_PITCH;
    }

    /** The name of the tokens that are packed. */
    static int name(int cols) {
        return rests(cols) + STRIP * RowTile.ROWS;
    }

    /** A panel of rows, a part of their columns. */
    static int rows(int cols, int panel) {
        return name(cols) + 16 + panel * panel(cols, RowTile.ROWS);
    }

    private static int tokens(int cols) {
        return rows(cols, ROW_PANELS);
    }

    /** A panel of tokens from {@code token} on, the part of their columns that begins with {@code from}. */
    static int tokens(int cols, int from, int token) {
        return tokens(cols) + (from / MatMul.part(cols) * tokenPanels(cols) + token / TOKENS) * panel(cols, TOKENS);
    }

    private static int tokenPanels(int cols) {
        return (MatMul.block(cols) + TOKENS - 1) / TOKENS;
    }

    /** Floats of scratch in all. */
    static long size(int cols) {
        return tokens(cols) + (long) Scratch.parts(cols) * tokenPanels(cols) * panel(cols, TOKENS);
    }

    private static int panel(int cols, int width) {
        return CLASSES * column(MatMul.part(cols), width);
    }

    /** Floats from class to class of a panel of so many columns: not a multiple of 4 KiB, which all fall into one set of L1. */
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

    /** Turns the tokens, part by part and panel by panel; where there is no token in a vector, the last one is turned again. */
    static void pack(Rows x, int xFirst, int tokens, int cols, F32 scratch) {
        int whole = Lanes.whole(cols);
        int part = MatMul.part(cols);
        for (int from = 0; from < whole; from += part) {
            int size = Math.min(part, whole - from);
            for (int t = 0; t < tokens; t += TOKENS) {
                int width = width(Math.min(TOKENS, tokens - t));
                for (int i = 0; i < width; i += LANES) {
                    packLanes(x, xFirst, t + i, tokens, cols, from, size, tokens(cols, from, t) + i, width, scratch);
                }
            }
        }
    }

    /** As many tokens as lanes, from {@code token} on. */
    private static void packLanes(
            Rows x,
            int xFirst,
            int token,
            int tokens,
            int cols,
            int from,
            int size,
            int panel,
            int width,
            F32 scratch) {
        int column = column(size, width);
        for (int k = 0; k < size; k += CHUNK) {
            int chunk = Math.min(CHUNK, size - k);
            int to = panel + columns(k) * width;
            if (token + LANES <= tokens) {
                long at = x.address(xFirst + token) + 4L * (from + k);
                turn(at, 4L * x.stride(), chunk, scratch, cols, to, column, width);
                continue;
            }
            long work = Scratch.address(scratch, work(cols));
            for (int lane = 0; lane < LANES; lane++) {
                long row = x.address(xFirst + Math.min(token + lane, tokens - 1)) + 4L * (from + k);
                DenseRows.widen(Dtype.F32, row, chunk, work + 4L * lane * WORK_PITCH, 2 * BYTES, BYTES);
            }
            turnUnzipped(chunk, scratch, cols, to, column, width);
        }
    }

    /**
     * Widens and turns columns {@code [from, from + size)} of rows, whole strips of a part; where there are less than {@link
     * RowTile#ROWS}, the last row is turned again.
     */
    static void widen(Matrix w, int first, int rows, int from, int size, int panel, F32 scratch) {
        boolean full = rows == RowTile.ROWS;
        if (full && w instanceof Matrix.Dense dense && dense.type() == Dtype.BF16) {
            turnPairs(dense, first, from, size, panel, scratch);
            return;
        }
        boolean block = full && first / BLOCK == (first + rows - 1) / BLOCK && LANES > 4;
        for (int k = 0; k < size; k += BLOCKS) {
            int chunk = Math.min(BLOCKS, size - k);
            int turned = block && w instanceof Matrix.Fp8Blocks codes
                    ? turnCodes(codes, first, from, k, chunk, column(size, RowTile.ROWS), panel, scratch)
                    : 0;
            turnNumbers(w, first, rows, from, k + turned, k + chunk, column(size, RowTile.ROWS), panel, scratch);
        }
    }

    /** Widens the columns behind the last whole strip. */
    static void widenRests(Matrix w, int first, int rows, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        for (int i = 0; i < rows; i++) {
            PlainMatMul.widen(w, first + i, whole, w.cols(), scratch, rests(w.cols()) + STRIP * i);
        }
    }

    private static void turnNumbers(
            Matrix w, int first, int rows, int part, int from, int to, int column, int panel, F32 scratch) {
        int cols = w.cols();
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            for (int k = from; k < to; k += CHUNK) {
                int size = Math.min(CHUNK, to - k);
                for (int lane = 0; lane < LANES; lane++) {
                    int row = first + Math.min(i + lane, rows - 1);
                    int at = work(cols) + lane * WORK_PITCH;
                    WidenedRows.widen(w, row, part + k, part + k + size, scratch, at);
                }
                int at = rows(cols, panel) + i + columns(k) * RowTile.ROWS;
                turnUnzipped(size, scratch, cols, at, column, RowTile.ROWS);
            }
        }
    }

    /** Turns BF16 as it lies, two numbers at a time: half of the shuffles, and nothing is widened before. */
    private static void turnPairs(Matrix.Dense w, int row, int from, int size, int panel, F32 scratch) {
        long work = Scratch.address(scratch, work(w.cols()));
        long column = 4L * column(size, RowTile.ROWS);
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            for (int k = 0; k < size; k += 2 * CHUNK) {
                int strips = Math.min(2 * CHUNK, size - k) / STRIP;
                long at = DenseRows.start(w, row + i, from + k);
                long to = Scratch.address(scratch, rows(w.cols(), panel) + i + columns(k) * RowTile.ROWS);
                TurnedWeights.pairs(at, 2L * w.cols(), strips, work, 4L * WORK_PITCH, to, column, 8L * RowTile.ROWS);
            }
        }
    }

    /** Turns codes as they lie, four at a time, in whole blocks of columns; returns how many columns. */
    private static int turnCodes(
            Matrix.Fp8Blocks w, int row, int part, int from, int size, int column, int panel, F32 scratch) {
        int whole = size / BLOCK * BLOCK;
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        if (!Fp8Rows.prepare(w, row, part + from, whole, scales)) {
            return 0;
        }
        long work = Scratch.address(scratch, work(w.cols()));
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            long codes = w.data().address() + (long) (row + i) * w.cols() + part + from;
            long to = Scratch.address(scratch, rows(w.cols(), panel) + i + columns(from) * RowTile.ROWS);
            TurnedWeights.codes(
                    codes, w.cols(), whole / BYTES, scales, work, 4L * WORK_PITCH, to, 4L * column, 8L * RowTile.ROWS);
        }
        return whole;
    }

    /** Turns as many rows as lanes into a part of a panel. */
    private static void turn(long from, long pitch, int size, F32 scratch, int cols, int to, int column, int width) {
        long work = Scratch.address(scratch, work(cols));
        long at = Scratch.address(scratch, to);
        Turned.numbers(from, pitch, size / STRIP, work, 4L * WORK_PITCH, at, 4L * column, 8L * width);
    }

    /** {@link #turn} of rows that were widened into the work space. */
    private static void turnUnzipped(int size, F32 scratch, int cols, int to, int column, int width) {
        long work = Scratch.address(scratch, work(cols));
        long pitch = 4L * WORK_PITCH;
        Turned.unzipped(work, pitch, size / STRIP, work, pitch, Scratch.address(scratch, to), 4L * column, 8L * width);
    }
}
