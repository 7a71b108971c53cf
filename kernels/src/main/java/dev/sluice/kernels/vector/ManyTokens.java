package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.TurnedPanels.CLASSES;
import static dev.sluice.kernels.vector.TurnedPanels.LEVEL;
import static dev.sluice.kernels.vector.TurnedPanels.LEVELS;
import static dev.sluice.kernels.vector.TurnedPanels.TOKENS;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;

/**
 * Products with many tokens: rows are lanes, so that nothing is added across lanes, and the promised order of the sum is
 * kept by computing it class by class. The columns of one lane of a part of a sum ({@link MatMul}) are a class. Rows and tokens
 * are turned, {@code [class][column of the class][row or token]}, and for each class a {@link RowTile} sums its columns,
 * ascending. Classes come in the order in which the tree of {@link LaneSums} adds them, the bits of their numbers reversed: with
 * each class that ends a pair, and a pair of pairs, their sums are added.
 *
 * <p>What a class needs stays in L1: of 64 rows 16 KiB for 1024 columns, of 48 tokens 12 KiB, and the sums. In dot form ({@link
 * Tile}) four vectors of tokens come from L2 for 20 multiply-adds, lanes are added by shuffles, and results are written five
 * at a time; but what is turned must be multiplied with more than a few tokens.
 */
final class ManyTokens {
    /** Vectors that are packed for one product only. */
    static final long NAMELESS = 0;

    private ManyTokens() {}

    /** What marks prepared vectors in the scratch: their name and columns, unlike anything that others leave there. */
    static long mark(long vectors, int cols) {
        return vectors * 0x9E37_79B9_7F4A_7C15L ^ cols;
    }

    /** As {@link MatMul#multiply}. */
    static void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        int block = MatMul.block(w.cols());
        for (int first = 0; first < tokens; first += block) {
            int count = Math.min(block, tokens - first);
            long name = Scratch.address(scratch, TurnedPanels.name(w.cols()));
            if (vectors == NAMELESS || tokens > block || Lanes.getLong(name) != mark(vectors, w.cols())) {
                TurnedPanels.pack(x, xFirst + first, count, w.cols(), scratch);
                Lanes.setLong(name, tokens > block ? NAMELESS : mark(vectors, w.cols()));
            }
            int most = TurnedPanels.ROW_PANELS * RowTile.ROWS;
            for (int r = from; r < to; r += most) {
                rows(w, x, xFirst + first, y, yFirst + first, count, r, Math.min(to, r + most), scratch);
            }
        }
    }

    /** As many rows as are turned together, part by part of their columns. */
    private static void rows(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        int cols = w.cols();
        int whole = Lanes.whole(cols);
        int part = MatMul.part(cols);
        for (int k = 0; k == 0 || k < whole; k += part) {
            int size = Math.min(part, whole - k);
            for (int r = from; r < to; r += RowTile.ROWS) {
                int n = (r - from) / RowTile.ROWS;
                TurnedPanels.widen(w, r, Math.min(RowTile.ROWS, to - r), k, size, n, scratch);
            }
            for (int t = 0; t < tokens; t += TOKENS) {
                int some = Math.min(TOKENS, tokens - t);
                long packed = Scratch.address(scratch, TurnedPanels.tokens(cols, k, t));
                for (int r = from; r < to; r += RowTile.ROWS) {
                    int n = (r - from) / RowTile.ROWS;
                    panel(cols, size, n, packed, n == 0, some, scratch);
                    write(cols, k > 0, some, y, yFirst + t, r, Math.min(RowTile.ROWS, to - r), scratch);
                }
            }
        }
        if (whole < cols) {
            for (int r = from; r < to; r += RowTile.ROWS) {
                int rows = Math.min(RowTile.ROWS, to - r);
                TurnedPanels.widenRests(w, r, rows, scratch);
                rests(cols, tokens, rows, x, xFirst, y, yFirst, r, scratch);
            }
        }
    }

    /**
     * A panel of tokens times a panel of rows, class by class.
     *
     * @param size columns of this part
     * @param n the panel of rows
     * @param x the tokens
     * @param ask whether the tokens are to be asked for, which rows that come later find in L2
     */
    private static void panel(int cols, int size, int n, long x, boolean ask, int tokens, F32 scratch) {
        int width = TurnedPanels.width(tokens);
        int columns = TurnedPanels.columns(size);
        long w = Scratch.address(scratch, TurnedPanels.rows(cols, n));
        long levels = Scratch.address(scratch, TurnedPanels.levels(cols));
        long tile = Scratch.address(scratch, TurnedPanels.tile(cols));
        for (int c = 0; c < CLASSES; c++) {
            long rowsOfClass = w + 4L * classAt(c) * TurnedPanels.column(size, RowTile.ROWS);
            long tokensOfClass = x + 4L * classAt(c) * TurnedPanels.column(size, width);
            long ahead = x + 4L * classAt(Math.min(c + 1, CLASSES - 1)) * TurnedPanels.column(size, width);
            int ended = Integer.numberOfTrailingZeros(~c);
            for (int t = 0; t < tokens; t += RowTile.TOKENS) {
                if (ask) {
                    ahead = ask(ahead, columns, width);
                }
                long sums = levels + 4L * t * RowTile.ROWS;
                if (ended == 0) {
                    RowTile.multiply(rowsOfClass, tokensOfClass + 4L * t, columns, 4L * width, sums);
                } else {
                    RowTile.multiply(rowsOfClass, tokensOfClass + 4L * t, columns, 4L * width, tile);
                    RowTile.merge(tile, sums, ended, 4L * LEVEL, sums + 4L * LEVEL * ended);
                }
            }
        }
    }

    /** Writes the sums of a panel, or adds them to those of the parts before. */
    private static void write(int cols, boolean add, int tokens, Rows y, int yFirst, int row, int rows, F32 scratch) {
        long done = Scratch.address(scratch, TurnedPanels.levels(cols) + LEVEL * LEVELS);
        long to = y.address(yFirst) + 4L * row;
        long pitch = 4L * y.stride();
        if (rows < RowTile.ROWS) {
            for (int t = 0; t < tokens; t++) {
                if (add) {
                    Lanes.add(done + t * RowTile.PITCH, to + t * pitch, rows);
                } else {
                    Lanes.copy(done + t * RowTile.PITCH, to + t * pitch, rows);
                }
            }
        } else if (add) {
            RowTile.add(done, to, pitch, tokens);
        } else {
            RowTile.put(done, to, pitch, tokens);
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
    private static long ask(long from, int columns, int width) {
        long at = from;
        long part = 4L * columns * width / (TOKENS / RowTile.TOKENS);
        for (long end = at + part; at < end; at += 1024) {
            Prefetch.fourOfFour(at, 256);
        }
        return from + part;
    }

    /** Adds the columns behind the last whole strip. */
    private static void rests(
            int cols, int tokens, int rows, Rows x, int xFirst, Rows y, int yFirst, int row, F32 scratch) {
        int whole = Lanes.whole(cols);
        for (int t = 0; t < tokens; t++) {
            long input = x.address(xFirst + t) + 4L * whole;
            for (int i = 0; i < rows; i++) {
                long to = y.address(yFirst + t) + 4L * (row + i);
                long rest = Scratch.address(scratch, TurnedPanels.rests(cols) + STRIP * i);
                Lanes.set(to, Lanes.tail(Lanes.get(to), rest, input, cols - whole));
            }
        }
    }
}
