package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.STRIP;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;
import java.lang.foreign.MemorySegment;

/**
 * Products with many tokens: rows are lanes, so that nothing is added across lanes, and the promised order of the sum is
 * kept by computing it class by class. Columns {@code k = c mod} {@link Lanes#STRIP} are class {@code c}, the lane of a sum
 * that {@link OneToken} adds them in. Rows and tokens are turned, {@code [class][strip][row or token]}, and for each class
 * a {@link RowTile} sums its columns, ascending. Classes come in the order in which the tree of {@link LaneSums} adds them,
 * the bits of their numbers reversed: with each class that ends a pair, and a pair of pairs, their sums are added.
 *
 * <p>What a class needs stays in L1: of 64 rows 8 KiB for 1024 columns, of 48 tokens 6 KiB, and the sums. In dot form ({@link
 * Tile}) four vectors of tokens come from L2 for 20 multiply-adds, lanes are added by shuffles, and results are written five
 * at a time; but what is turned must be multiplied with more than a few tokens.
 */
final class ManyTokens {
    /** Tokens of a panel: whole tiles, and whole vectors. */
    static final int TOKENS = 8 * RowTile.TOKENS;

    private static final int CLASSES = STRIP;

    /** Numbers of a sum that wait for others: one for each step of the tree. */
    private static final int LEVELS = Integer.numberOfTrailingZeros(CLASSES);

    /** Floats of a level. */
    private static final int LEVEL = TOKENS * RowTile.ROWS;

    /** Columns that are turned at a time: with 16 rows in L1. */
    private static final int CHUNK = 256;

    /** Columns and rows of a block of FP8 codes. */
    private static final int BLOCK = Matrix.Fp8Blocks.BLOCK;

    /** Columns of FP8 codes that are turned at a time. */
    private static final int BLOCKS = 4 * CHUNK;

    /** Floats from row to row of what is turned, an odd number of lines. */
    private static final int WORK_PITCH = CHUNK + 16;

    /** Vectors that are packed for one product only. */
    static final long NAMELESS = 0;

    private ManyTokens() {}

    /** What marks prepared vectors in the scratch: their name and columns, unlike anything that others leave there. */
    static long mark(long vectors, int cols) {
        return vectors * 0x9E37_79B9_7F4A_7C15L ^ cols;
    }

    /** Where the parts are, in floats from the start of the scratch; see {@link #size}. */
    private static int levels(int cols) {
        return (Scratch.size(cols) + 15) / 16 * 16;
    }

    /** Sums of a tile, behind the levels and the sums of a panel that are done. */
    private static int tile(int cols) {
        return levels(cols) + (LEVELS + 1) * LEVEL;
    }

    private static int work(int cols) {
        return tile(cols) + RowTile.TOKENS * RowTile.ROWS;
    }

    /** Columns behind the last whole strip, of each row. */
    private static int rests(int cols) {
        return work(cols) + LANES * WORK_PITCH;
    }

    /** The name of the tokens that are packed. */
    private static int name(int cols) {
        return rests(cols) + STRIP * RowTile.ROWS;
    }

    private static int rows(int cols) {
        return name(cols) + 16;
    }

    private static int tokens(int cols) {
        return rows(cols) + panel(cols, RowTile.ROWS);
    }

    /** Floats of scratch in all. */
    static long size(int cols) {
        return (long) tokens(cols) + (MatMul.block(cols) + TOKENS - 1) / TOKENS * panel(cols, width(TOKENS));
    }

    private static int panel(int cols, int width) {
        return CLASSES * column(cols, width);
    }

    /** Floats from class to class of a panel: not a multiple of 4 KiB, which all fall into one set of L1. */
    private static int column(int cols, int width) {
        return cols / STRIP * width + 16;
    }

    /** Tokens in whole vectors. */
    private static int width(int tokens) {
        return (tokens + LANES - 1) / LANES * LANES;
    }

    /** As {@link MatMul#multiply}. */
    static void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        int block = MatMul.block(w.cols());
        for (int first = 0; first < tokens; first += block) {
            int count = Math.min(block, tokens - first);
            long name = Scratch.address(scratch, name(w.cols()));
            if (vectors == NAMELESS || tokens > block || Lanes.getLong(name) != mark(vectors, w.cols())) {
                pack(x, xFirst + first, count, w.cols(), scratch);
                Lanes.setLong(name, tokens > block ? NAMELESS : mark(vectors, w.cols()));
            }
            for (int r = from; r < to; r += RowTile.ROWS) {
                int rows = Math.min(RowTile.ROWS, to - r);
                widen(w, r, rows, scratch);
                for (int t = 0; t < count; t += TOKENS) {
                    int some = Math.min(TOKENS, count - t);
                    panel(w.cols(), t, some, rows, y, yFirst + first + t, r, scratch);
                    rests(w.cols(), some, rows, x, xFirst + first + t, y, yFirst + first + t, r, scratch);
                }
            }
        }
    }

    /** Turns the tokens, panel by panel; where there is no token in a vector, the last one is turned again. */
    private static void pack(Rows x, int xFirst, int tokens, int cols, F32 scratch) {
        int whole = Lanes.whole(cols);
        for (int t = 0; t < tokens; t += TOKENS) {
            int count = Math.min(TOKENS, tokens - t);
            int width = width(count);
            int panel = tokens(cols) + t / TOKENS * panel(cols, width(TOKENS));
            for (int i = 0; i < width; i += LANES) {
                for (int k = 0; k < whole; k += CHUNK) {
                    int size = Math.min(CHUNK, whole - k);
                    int to = panel + i + k / STRIP * width;
                    if (t + i + LANES <= tokens) {
                        turn(x.address(xFirst + t + i) + 4L * k, 4L * x.stride(), size, scratch, cols, to, width);
                        continue;
                    }
                    long work = Scratch.address(scratch, work(cols));
                    for (int lane = 0; lane < LANES; lane++) {
                        long row = x.address(xFirst + Math.min(t + i + lane, tokens - 1)) + 4L * k;
                        DenseRows.widen(Dtype.F32, row, size, work + 4L * lane * WORK_PITCH, 2 * BYTES, BYTES);
                    }
                    turn(work, 4L * WORK_PITCH, size, scratch, cols, to, width);
                }
            }
        }
    }

    /** Widens and turns rows; where there are less than {@link RowTile#ROWS}, the last one is turned again. */
    private static void widen(Matrix w, int first, int rows, F32 scratch) {
        int cols = w.cols();
        int whole = Lanes.whole(cols);
        boolean full = rows == RowTile.ROWS;
        if (full && w instanceof Matrix.Dense dense && dense.type() == Dtype.BF16) {
            turnPairs(dense, first, whole, scratch);
        } else {
            boolean block = full && first / BLOCK == (first + rows - 1) / BLOCK && LANES > 4;
            for (int k = 0; k < whole; k += BLOCKS) {
                int size = Math.min(BLOCKS, whole - k);
                int turned =
                        block && w instanceof Matrix.Fp8Blocks codes ? turnCodes(codes, first, k, size, scratch) : 0;
                turnNumbers(w, first, rows, k + turned, k + size, scratch);
            }
        }
        if (whole < cols) {
            for (int i = 0; i < rows; i++) {
                PlainMatMul.widen(w, first + i, whole, cols, scratch, rests(cols) + STRIP * i);
            }
        }
    }

    private static void turnNumbers(Matrix w, int first, int rows, int from, int to, F32 scratch) {
        int cols = w.cols();
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            for (int k = from; k < to; k += CHUNK) {
                int size = Math.min(CHUNK, to - k);
                for (int lane = 0; lane < LANES; lane++) {
                    int row = first + Math.min(i + lane, rows - 1);
                    WidenedRows.widen(w, row, k, k + size, scratch, work(cols) + lane * WORK_PITCH);
                }
                long work = Scratch.address(scratch, work(cols));
                int panel = rows(cols) + i + k / STRIP * RowTile.ROWS;
                turn(work, 4L * WORK_PITCH, size, scratch, cols, panel, RowTile.ROWS);
            }
        }
    }

    /** Turns BF16 as it lies, two numbers at a time: half of the shuffles, and nothing is widened before. */
    private static void turnPairs(Matrix.Dense w, int row, int whole, F32 scratch) {
        long work = Scratch.address(scratch, work(w.cols()));
        long column = 4L * column(w.cols(), RowTile.ROWS);
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            for (int k = 0; k < whole; k += 2 * CHUNK) {
                int strips = Math.min(2 * CHUNK, whole - k) / STRIP;
                long from = DenseRows.start(w, row + i, k);
                long to = Scratch.address(scratch, rows(w.cols()) + i + k / STRIP * RowTile.ROWS);
                TurnedWeights.pairs(from, 2L * w.cols(), strips, work, 4L * WORK_PITCH, to, column, 4L * RowTile.ROWS);
            }
        }
    }

    /** Turns codes as they lie, four at a time, in whole blocks of columns; returns how many columns. */
    private static int turnCodes(Matrix.Fp8Blocks w, int row, int from, int size, F32 scratch) {
        int whole = size / BLOCK * BLOCK;
        long scales = Scratch.address(scratch, Scratch.scales(w.cols()));
        if (!Fp8Rows.prepare(w, row, from, whole, scales)) {
            return 0;
        }
        long work = Scratch.address(scratch, work(w.cols()));
        long column = 4L * column(w.cols(), RowTile.ROWS);
        for (int i = 0; i < RowTile.ROWS; i += LANES) {
            long codes = w.data().address() + (long) (row + i) * w.cols() + from;
            long to = Scratch.address(scratch, rows(w.cols()) + i + from / STRIP * RowTile.ROWS);
            TurnedWeights.codes(
                    codes, w.cols(), whole / BYTES, scales, work, 4L * WORK_PITCH, to, column, 4L * RowTile.ROWS);
        }
        return whole;
    }

    /** Turns as many rows as lanes into a part of a panel. */
    private static void turn(long from, long pitch, int size, F32 scratch, int cols, int to, int width) {
        Turned.numbers(
                from,
                pitch,
                size / LANES,
                Scratch.address(scratch, work(cols)),
                4L * WORK_PITCH,
                Scratch.address(scratch, to),
                4L * column(cols, width),
                4L * width);
    }

    /** A panel of tokens times a panel of rows, class by class; whole tiles are written where they belong. */
    private static void panel(int cols, int first, int tokens, int rows, Rows y, int yFirst, int row, F32 scratch) {
        int width = width(tokens);
        long w = Scratch.address(scratch, rows(cols));
        long x = Scratch.address(scratch, tokens(cols) + first / TOKENS * panel(cols, width(TOKENS)));
        long levels = Scratch.address(scratch, levels(cols));
        long tile = Scratch.address(scratch, tile(cols));
        int direct = rows == RowTile.ROWS ? tokens / RowTile.TOKENS * RowTile.TOKENS : 0;
        long pitch = 4L * y.stride();
        for (int n = 0; n < CLASSES; n++) {
            long rowsOfClass = w + 4L * classAt(n) * column(cols, RowTile.ROWS);
            long tokensOfClass = x + 4L * classAt(n) * column(cols, width);
            long ahead = x + 4L * classAt(Math.min(n + 1, CLASSES - 1)) * column(cols, width);
            int ended = Integer.numberOfTrailingZeros(~n);
            for (int t = 0; t < tokens; t += RowTile.TOKENS) {
                ahead = ask(ahead, cols, width);
                long sums = levels + 4L * t * RowTile.ROWS;
                long of = tokensOfClass + 4L * t;
                if (ended == 0) {
                    RowTile.multiply(rowsOfClass, of, cols / STRIP, 4L * width, sums);
                    continue;
                }
                RowTile.multiply(rowsOfClass, of, cols / STRIP, 4L * width, tile);
                if (ended == LEVELS && t < direct) {
                    long to = y.address(yFirst + t) + 4L * row;
                    RowTile.merge(tile, sums, ended, 4L * LEVEL, to, pitch);
                } else {
                    RowTile.merge(tile, sums, ended, 4L * LEVEL, sums + 4L * LEVEL * ended, RowTile.PITCH);
                }
            }
        }
        long done = levels + 4L * LEVEL * LEVELS;
        for (int t = direct; t < tokens; t++) {
            // not by vectors, it is so seldom that C2 never sees it: 12 MB of boxes for a prompt
            MemorySegment.copy(
                    MEMORY, done + 4L * t * RowTile.ROWS, MEMORY, y.address(yFirst + t) + 4L * row, 4L * rows);
        }
    }

    /** The class that is computed as the n-th. */
    private static int classAt(int n) {
        return Integer.reverse(n) >>> Integer.numberOfLeadingZeros(CLASSES - 1);
    }

    /**
     * Asks for a part of the tokens of the next class, which may have to come from L3: with 512 tokens 51 % of the peak
     * without and 57 % with. Rows are in L2, asking for them as well costs a point.
     */
    private static long ask(long from, int cols, int width) {
        long at = from;
        long part = 4L * cols / STRIP * width / (TOKENS / RowTile.TOKENS);
        for (long end = at + part; at < end; at += 1024) {
            Prefetch.sixteen(at, 256);
        }
        return from + part;
    }

    /** Adds the columns behind the last whole strip. */
    private static void rests(
            int cols, int tokens, int rows, Rows x, int xFirst, Rows y, int yFirst, int row, F32 scratch) {
        int whole = Lanes.whole(cols);
        if (whole == cols) {
            return;
        }
        for (int t = 0; t < tokens; t++) {
            long input = x.address(xFirst + t) + 4L * whole;
            for (int i = 0; i < rows; i++) {
                long to = y.address(yFirst + t) + 4L * (row + i);
                long rest = Scratch.address(scratch, rests(cols) + STRIP * i);
                Lanes.set(to, Lanes.tail(Lanes.get(to), rest, input, cols - whole));
            }
        }
    }
}
