package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;
import java.lang.ref.Reference;

/**
 * {@link MatMul} on the Vector API, in four ways with the same bits: one token is multiplied straight from the stored
 * weights; a few tokens take each row in chunks that are widened in cache; some tokens take five widened rows at a time
 * through a register tile; with {@link MatMul#MANY} tokens rows become lanes ({@link ManyTokens}).
 */
public final class VectorMatMul implements MatMul {
    /** Tokens up to which rows are used chunk by chunk; with more the register tile pays. */
    private static final int FEW = 4;

    /** Rows that are not worth a tile of {@link RowTile#ROWS}: gates of a head or an expert. */
    private static final int FEW_ROWS = RowTile.ROWS / 2;

    /** Columns of a chunk: its f32 copy (2 KiB) stays in L1 beside the activations; whole blocks and groups. */
    private static final int CHUNK = 512;

    /** Tokens whose sums are added up at a time: a whole number of vectors of sums, and of groups of tokens. */
    private static final int TURN = 16;

    /** Columns up to which both halves of a panel stay in L1 (20 KiB). */
    private static final int BOTH = 1024;

    private final PlainMatMul plain = new PlainMatMul();

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch, ManyTokens.NAMELESS);
    }

    @Override
    public void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        try {
            if (tokens == 1) {
                OneToken.multiply(w, x.address(xFirst), y.address(yFirst), from, to, scratch, vectors);
            } else if (tokens <= FEW) {
                few(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
            } else if (tokens < MANY || to - from <= FEW_ROWS) {
                for (int t = 0; t < tokens; t += MANY) {
                    some(w, x, xFirst + t, y, yFirst + t, Math.min(MANY, tokens - t), from, to, scratch);
                }
            } else {
                ManyTokens.multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch, vectors);
            }
        } finally {
            Reference.reachabilityFence(w);
            Reference.reachabilityFence(x);
            Reference.reachabilityFence(y);
            Reference.reachabilityFence(scratch);
        }
    }

    @Override
    public void expect(Matrix w, int from, int to, F32 scratch) {
        scratch.check(0, MatMul.scratch(w.cols()));
        if (w instanceof Matrix.Fp8Blocks blocks) {
            OneTokenFp8.expect(blocks, from, to, scratch);
        } else {
            OneTokenFp8.expectNothing(scratch);
        }
    }

    /** As many rows at a time as fill the lanes with sums: slot {@code FEW * row + token} of a block. */
    private static void few(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        int whole = Lanes.whole(w.cols());
        int pitch = Scratch.pitch(w.cols());
        long even = Scratch.address(scratch, Scratch.SUMS);
        long odd = even + LaneSums.TO_ODD;
        int rows;
        for (int r = from; r < to; r += rows) {
            rows = Math.min(LANES / FEW, to - r);
            Lanes.clear(even, 2 * LANES);
            for (int i = 0; i < rows; i++) {
                row(w, r + i, x, xFirst, tokens, scratch, Scratch.ROWS + i * pitch, even + (long) i * FEW * BYTES);
            }
            LaneSums.add(even, odd, LANES, LANES);
            for (int i = 0; i < rows; i++) {
                long rest = Scratch.address(scratch, Scratch.ROWS + i * pitch + whole);
                for (int t = 0; t < tokens; t++) {
                    float sum = Lanes.get(even + 4L * (i * FEW + t));
                    long input = x.address(xFirst + t) + 4L * whole;
                    Lanes.set(y.address(yFirst + t) + 4L * (r + i), Lanes.tail(sum, rest, input, w.cols() - whole));
                }
            }
        }
    }

    /** One row times a few tokens, chunk by chunk; its columns after the last whole strip are left widened. */
    private static void row(Matrix w, int row, Rows x, int xFirst, int tokens, F32 scratch, int widened, long sums) {
        int whole = Lanes.whole(w.cols());
        for (int k = 0; k < w.cols(); k += CHUNK) {
            int end = Math.min(w.cols(), k + CHUNK);
            WidenedRows.widen(w, row, k, end, scratch, widened + k);
            chunk(Scratch.address(scratch, widened + k), x, xFirst, 4L * k, tokens, Math.min(whole, end) - k, sums);
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

    /** Row tile by row tile: a chunk of the rows is widened into a panel, then all tokens pass over it. */
    private static void some(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        long packed = Scratch.address(scratch, Scratch.tokens(w.cols()));
        Lanes.clear(Scratch.address(scratch, Scratch.ZEROS), Tile.SUMS);
        pack(x, xFirst, tokens, w.cols(), packed);
        for (int r = from; r < to; r += Tile.ROWS) {
            int rows = Math.min(Tile.ROWS, to - r);
            int k = 0;
            for (; k + Tile.CHUNK < w.cols(); k += Tile.CHUNK) {
                panel(w, r, rows, k, k + Tile.CHUNK, scratch);
                half(packed + 4L * tokens * k, 0, 0, tokens, tokens, Tile.CHUNK, k == 0, 0, scratch);
                half(packed + 4L * tokens * k, 1, 0, tokens, tokens, Tile.CHUNK, k == 0, 0, scratch);
            }
            panel(w, r, rows, k, w.cols(), scratch);
            last(w.cols(), k, rows, x, xFirst, y, yFirst, tokens, r, scratch);
        }
    }

    private static void panel(Matrix w, int row, int rows, int from, int to, F32 scratch) {
        for (int i = 0; i < rows; i++) {
            WidenedRows.panel(w, row + i, from, to, scratch, i);
        }
    }

    /**
     * The last chunk of a tile: some tokens at a time, so that their sums are added up while they are in L1; those of a
     * row of one chunk never leave it.
     */
    private static void last(
            int cols, int k, int rows, Rows x, int xFirst, Rows y, int yFirst, int tokens, int row, F32 scratch) {
        long chunk = Scratch.address(scratch, Scratch.tokens(cols)) + 4L * tokens * k;
        int whole = Lanes.whole(cols - k);
        boolean both = whole <= BOTH;
        if (!both) {
            half(chunk, 0, 0, tokens, tokens, whole, k == 0, 0, scratch);
        }
        for (int t = 0; t < tokens; t += TURN) {
            int end = Math.min(tokens, t + TURN);
            int even = both && k == 0 ? t : 0;
            int odd = k == 0 ? t : 0;
            if (both) {
                half(chunk, 0, t, end, tokens, whole, k == 0, even, scratch);
            }
            half(chunk, 1, t, end, tokens, whole, k == 0, odd, scratch);
            int count = (end - t) * Tile.ROWS;
            long sums = Scratch.address(scratch, Scratch.SUMS) + sums(t - even);
            LaneSums.add(sums, Scratch.address(scratch, Scratch.ODD_SUMS) + sums(t - odd), count, whole(count));
            finish(sums, rows, x, xFirst + t, y, yFirst + t, end - t, row, cols, scratch);
        }
    }

    /** Bytes of the sums of some tokens. */
    private static long sums(int tokens) {
        return (long) tokens * Tile.ROWS * BYTES;
    }

    /** Sums in whole vectors of sums. */
    private static int whole(int sums) {
        return (sums + LANES - 1) / LANES * LANES;
    }

    /** Tokens that pass together: four, and of the last ones two and one. */
    private static int group(int rest) {
        return rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
    }

    /**
     * Packs the tokens in the order of use: chunk by chunk, in it group by group, of a group its even half and then its
     * odd one, and in a half strip by strip the vectors of the group. Unpacked, four tokens are four streams of every
     * second line, and L1 is filled with the lines between.
     */
    private static void pack(Rows x, int xFirst, int tokens, int cols, long to) {
        for (int k = 0; k < cols; k += Tile.CHUNK) {
            int whole = Lanes.whole(Math.min(Tile.CHUNK, cols - k));
            int group;
            for (int t = 0; t < tokens; t += group) {
                group = group(tokens - t);
                long start = to + 4L * tokens * k + 4L * t * whole;
                for (int i = 0; i < group; i++) {
                    long from = x.address(xFirst + t + i) + 4L * k;
                    DenseRows.widen(Dtype.F32, from, whole, start + (long) i * BYTES, group * BYTES, 2 * group * whole);
                }
            }
        }
    }

    /**
     * Tokens {@code [from, to)} times half a panel, the even vectors or the odd ones: so much of it stays in L1.
     *
     * @param chunk packed tokens of this chunk
     * @param half 0 or 1
     * @param tokens all that are packed
     * @param begin whether sums begin with zeros, or are continued
     * @param base the token whose sums come first
     */
    private static void half(
            long chunk, int half, int from, int to, int tokens, int cols, boolean begin, int base, F32 scratch) {
        long panel = Scratch.address(scratch, Scratch.ROWS) + (long) half * Tile.HALF;
        long sums = Scratch.address(scratch, half == 0 ? Scratch.SUMS : Scratch.ODD_SUMS);
        int group;
        for (int t = from; t < to; t += group) {
            group = group(tokens - t);
            long at = chunk + 4L * t * cols + 2L * half * group * cols;
            long end = sums + sums(t - base);
            long start = begin ? Scratch.address(scratch, Scratch.ZEROS) : end;
            switch (group) {
                case 1 -> Tile.half1(panel, at, cols, start, end);
                case 2 -> Tile.half2(panel, at, cols, start, end);
                default -> {
                    if (begin) {
                        Tile.half4(panel, at, cols, end);
                    } else {
                        Tile.more4(panel, at, cols, end);
                    }
                }
            }
        }
    }

    /** Writes the {@code [tokens][rows]} sums of a tile, with the columns after the last whole strip. */
    private static void finish(
            long sums, int rows, Rows x, int xFirst, Rows y, int yFirst, int tokens, int row, int cols, F32 scratch) {
        int whole = Lanes.whole(cols);
        for (int t = 0; t < tokens; t++) {
            long to = y.address(yFirst + t) + 4L * row;
            Lanes.copy(sums + 4L * t * Tile.ROWS, to, rows);
            if (whole < cols) {
                tails(x.address(xFirst + t) + 4L * whole, to, rows, cols - whole, scratch);
            }
        }
    }

    private static void tails(long x, long y, int rows, int cols, F32 scratch) {
        for (int i = 0; i < rows; i++) {
            long rest = Scratch.address(scratch, Scratch.rest(i));
            Lanes.set(y + 4L * i, Lanes.tail(Lanes.get(y + 4L * i), rest, x, cols));
        }
    }

    /** One by one: a row a token is too seldom for C2, and vectors in code that it has not seen live in boxes. */
    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        plain.row(w, row, y, at);
    }
}
