package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;

/** Products with more than a few tokens, up to {@link MatMul#MANY}: five widened rows at a time pass through a {@link Tile}. */
final class SomeTokens {
    /** Tokens whose sums are added up at a time: a whole number of vectors of sums, and of groups of tokens. */
    private static final int TURN = 16;

    private SomeTokens() {}

    /** As {@link MatMul#multiply}: a part of the rows is widened into a panel, then all tokens pass over it. */
    static void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        long packed = PackedTokens.pack(x, xFirst, tokens, 0, w.cols(), scratch, vectors);
        int part = MatMul.part(w.cols());
        for (int r = from; r < to; r += Tile.ROWS) {
            int rows = Math.min(Tile.ROWS, to - r);
            for (int k = 0; k < w.cols(); k += part) {
                int end = Math.min(w.cols(), k + part);
                for (int i = 0; i < rows; i++) {
                    WidenedRows.panel(w, r + i, k, end, scratch, i);
                }
                for (int t = 0; t < tokens; t += TURN) {
                    int count = Math.min(TURN, tokens - t);
                    pass(packed + 4L * tokens * k, t, count, tokens, Lanes.whole(end - k), scratch);
                    write(k > 0, rows, y, yFirst + t, count, r, scratch);
                }
            }
            rests(w.cols(), rows, x, xFirst, y, yFirst, tokens, r, scratch);
        }
    }

    /**
     * Tokens {@code [first, first + count)} times a panel; their sums are added up while they are in L1.
     *
     * @param part packed tokens of this part
     * @param tokens all that are packed
     */
    private static void pass(long part, int first, int count, int tokens, int cols, F32 scratch) {
        long panel = Scratch.address(scratch, Scratch.ROWS);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        int group;
        for (int t = 0; t < count; t += group) {
            group = PackedTokens.group(tokens - first - t);
            long at = part + 4L * (first + t) * cols;
            long out = sums + (long) t * Tile.PITCH;
            switch (group) {
                case 1 -> Tile.one(panel, at, cols, out);
                case 2 -> Tile.two(panel, at, cols, out);
                default -> Tile.four(panel, at, cols, out);
            }
        }
        int all = (count * Tile.ROWS + LANES - 1) / LANES * LANES;
        LaneSums.add(sums, all);
    }

    /** Writes the {@code [token][row]} sums of a tile, or adds them to those of the parts before. */
    private static void write(boolean add, int rows, Rows y, int yFirst, int tokens, int row, F32 scratch) {
        for (int t = 0; t < tokens; t++) {
            long from = Scratch.address(scratch, Scratch.SUMS + t * Tile.ROWS);
            long to = y.address(yFirst + t) + 4L * row;
            if (add) {
                Lanes.add(from, to, rows);
            } else {
                Lanes.copy(from, to, rows);
            }
        }
    }

    /** Adds the columns behind the last whole strip. */
    private static void rests(
            int cols, int rows, Rows x, int xFirst, Rows y, int yFirst, int tokens, int row, F32 scratch) {
        int whole = Lanes.whole(cols);
        if (whole == cols) {
            return;
        }
        for (int t = 0; t < tokens; t++) {
            long input = x.address(xFirst + t) + 4L * whole;
            for (int i = 0; i < rows; i++) {
                long to = y.address(yFirst + t) + 4L * (row + i);
                long rest = Scratch.address(scratch, Scratch.rest(i));
                Lanes.set(to, Lanes.tail(Lanes.get(to), rest, input, cols - whole));
            }
        }
    }
}
