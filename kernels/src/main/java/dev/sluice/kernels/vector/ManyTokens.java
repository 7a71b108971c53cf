package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.STRIP;
import static dev.sluice.kernels.vector.TurnedPanels.CLASSES;
import static dev.sluice.kernels.vector.TurnedPanels.LEVEL;
import static dev.sluice.kernels.vector.TurnedPanels.LEVELS;
import static dev.sluice.kernels.vector.TurnedPanels.TOKENS;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.MemorySegment;

/**
 * Products with many tokens: rows are lanes, so that nothing is added across lanes, and the promised order of the sum is
 * kept by computing it class by class. The columns of one lane of a sum ({@link MatMul}) are a
 * class. Rows and tokens are turned, {@code [class][column of the class][row or token]}, and for each class a {@link RowTile}
 * sums its columns, ascending. Classes come in the order in which the tree of {@link LaneSums} adds them,
 * the bits of their numbers reversed: with each class that ends a pair, and a pair of pairs, their sums are added.
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
            int most = TurnedPanels.rowPanels(w.cols()) * RowTile.ROWS;
            for (int r = from; r < to; r += most) {
                int end = Math.min(to, r + most);
                for (int i = r; i < end; i += RowTile.ROWS) {
                    TurnedPanels.widen(w, i, Math.min(RowTile.ROWS, end - i), (i - r) / RowTile.ROWS, scratch);
                }
                for (int t = 0; t < count; t += TOKENS) {
                    int some = Math.min(TOKENS, count - t);
                    for (int i = r; i < end; i += RowTile.ROWS) {
                        int rows = Math.min(RowTile.ROWS, end - i);
                        int n = (i - r) / RowTile.ROWS;
                        panel(w.cols(), t, some, n, rows, y, yFirst + first + t, i, scratch);
                        rests(w.cols(), some, n, rows, x, xFirst + first + t, y, yFirst + first + t, i, scratch);
                    }
                }
            }
        }
    }

    /** A panel of tokens times a panel of rows, class by class; whole tiles are written where they belong. */
    private static void panel(
            int cols, int first, int tokens, int n, int rows, Rows y, int yFirst, int row, F32 scratch) {
        int width = TurnedPanels.width(tokens);
        long w = Scratch.address(scratch, TurnedPanels.rows(cols, n));
        long x = Scratch.address(
                scratch,
                TurnedPanels.tokens(cols) + first / TOKENS * TurnedPanels.panel(cols, TurnedPanels.width(TOKENS)));
        long levels = Scratch.address(scratch, TurnedPanels.levels(cols));
        long tile = Scratch.address(scratch, TurnedPanels.tile(cols));
        int direct = rows == RowTile.ROWS ? tokens / RowTile.TOKENS * RowTile.TOKENS : 0;
        long pitch = 4L * y.stride();
        for (int c = 0; c < CLASSES; c++) {
            long rowsOfClass = w + 4L * classAt(c) * TurnedPanels.column(cols, RowTile.ROWS);
            long tokensOfClass = x + 4L * classAt(c) * TurnedPanels.column(cols, width);
            long ahead = x + 4L * classAt(Math.min(c + 1, CLASSES - 1)) * TurnedPanels.column(cols, width);
            int ended = Integer.numberOfTrailingZeros(~c);
            for (int t = 0; t < tokens; t += RowTile.TOKENS) {
                if (n == 0) {
                    ahead = ask(ahead, cols, width);
                }
                long sums = levels + 4L * t * RowTile.ROWS;
                long of = tokensOfClass + 4L * t;
                if (ended == 0) {
                    RowTile.multiply(rowsOfClass, of, TurnedPanels.columns(cols), 4L * width, sums);
                    continue;
                }
                RowTile.multiply(rowsOfClass, of, TurnedPanels.columns(cols), 4L * width, tile);
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
        long part = 4L * TurnedPanels.columns(cols) * width / (TOKENS / RowTile.TOKENS);
        for (long end = at + part; at < end; at += 1024) {
            Prefetch.sixteen(at, 256);
        }
        return from + part;
    }

    /** Adds the columns behind the last whole strip. */
    private static void rests(
            int cols, int tokens, int n, int rows, Rows x, int xFirst, Rows y, int yFirst, int row, F32 scratch) {
        int whole = Lanes.whole(cols);
        if (whole == cols) {
            return;
        }
        for (int t = 0; t < tokens; t++) {
            long input = x.address(xFirst + t) + 4L * whole;
            for (int i = 0; i < rows; i++) {
                long to = y.address(yFirst + t) + 4L * (row + i);
                long rest = Scratch.address(scratch, TurnedPanels.rests(cols, n) + STRIP * i);
                Lanes.set(to, Lanes.tail(Lanes.get(to), rest, input, cols - whole));
            }
        }
    }
}
