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
 * weights; a few tokens take two rows in chunks that are widened in cache; some tokens take five widened rows at a time
 * through a register tile; with {@link MatMul#MANY} tokens rows become lanes ({@link ManyTokens}).
 */
public final class VectorMatMul implements MatMul {
    /** Rows that are not worth a tile of {@link RowTile#ROWS}: gates of a head or an expert. */
    private static final int FEW_ROWS = RowTile.ROWS / 2;

    /** Columns of a chunk: two rows of it in f32 (4 KiB) stay in L1 beside the activations; whole blocks and groups. */
    private static final int CHUNK = 512;

    /** Tokens whose sums are added up at a time: a whole number of vectors of sums, and of groups of tokens. */
    private static final int TURN = 16;

    /** Sums of a few tokens that are added up at a time. */
    private static final int FEW_SUMS = Math.max(LANES, 2 * Few.TOKENS);

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
            } else if (tokens <= Few.TOKENS) {
                few(w, x, xFirst, y, yFirst, tokens, from, to, scratch, vectors);
            } else if (tokens < MANY || to - from <= FEW_ROWS) {
                long name = tokens <= MANY ? vectors : ManyTokens.NAMELESS;
                for (int t = 0; t < tokens; t += MANY) {
                    some(w, x, xFirst + t, y, yFirst + t, Math.min(MANY, tokens - t), from, to, scratch, name);
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

    /** Two rows side by side, as many at a time as fill the lanes with sums: slot {@code Few.TOKENS * row + token}. */
    private static void few(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        int whole = Lanes.whole(w.cols());
        int pitch = Scratch.pitch(w.cols());
        long packed = pack(x, xFirst, tokens, tokens == 2 ? 2 : Few.TOKENS, w.cols(), scratch, vectors);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        int rows;
        for (int r = from; r < to; r += rows) {
            rows = Math.min(FEW_SUMS / Few.TOKENS, to - r);
            Lanes.clear(sums, FEW_SUMS);
            for (int i = 0; i < rows; i += 2) {
                twoRows(w, r + i, Math.min(2, rows - i), packed, tokens, scratch, i, sums);
            }
            LaneSums.add(sums, FEW_SUMS, FEW_SUMS);
            for (int i = 0; i < rows; i++) {
                long rest = Scratch.address(scratch, Scratch.ROWS + i * pitch + whole);
                for (int t = 0; t < tokens; t++) {
                    float sum = Lanes.get(sums + 4L * (i * Few.TOKENS + t));
                    long input = x.address(xFirst + t) + 4L * whole;
                    Lanes.set(y.address(yFirst + t) + 4L * (r + i), Lanes.tail(sum, rest, input, w.cols() - whole));
                }
            }
        }
    }

    /** Two rows, or one that is multiplied twice, chunk by chunk; columns after the last whole strip are left widened. */
    private static void twoRows(
            Matrix w, int row, int rows, long packed, int tokens, F32 scratch, int slot, long sums) {
        int whole = Lanes.whole(w.cols());
        int pitch = Scratch.pitch(w.cols());
        int first = Scratch.ROWS + slot * pitch;
        long to = sums + (long) slot * Few.TOKENS * BYTES;
        for (int k = 0; k < w.cols(); k += CHUNK) {
            int end = Math.min(w.cols(), k + CHUNK);
            for (int i = 0; i < rows; i++) {
                WidenedRows.widen(w, row + i, k, end, scratch, first + i * pitch + k);
            }
            long a = Scratch.address(scratch, first + k);
            long b = Scratch.address(scratch, first + (rows - 1) * pitch + k);
            int cols = Math.min(whole, end) - k;
            if (tokens == 2) {
                Few.two(a, b, packed + 2 * 4L * k, cols, to);
            } else {
                Few.four(a, b, packed + Few.TOKENS * 4L * k, cols, to);
            }
        }
    }

    /** Row tile by row tile: a chunk of the rows is widened into a panel, then all tokens pass over it. */
    private static void some(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        long packed = pack(x, xFirst, tokens, 0, w.cols(), scratch, vectors);
        Lanes.clear(Scratch.address(scratch, Scratch.ZEROS), Tile.SUMS);
        for (int r = from; r < to; r += Tile.ROWS) {
            int rows = Math.min(Tile.ROWS, to - r);
            int k = 0;
            for (; k + Tile.CHUNK < w.cols(); k += Tile.CHUNK) {
                panel(w, r, rows, k, k + Tile.CHUNK, scratch);
                pass(packed + 4L * tokens * k, 0, tokens, tokens, Tile.CHUNK, k == 0, 0, scratch);
            }
            panel(w, r, rows, k, w.cols(), scratch);
            last(packed + 4L * tokens * k, w.cols(), k, rows, x, xFirst, y, yFirst, tokens, r, scratch);
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
     *
     * @param chunk its packed tokens
     */
    private static void last(
            long chunk,
            int cols,
            int k,
            int rows,
            Rows x,
            int xFirst,
            Rows y,
            int yFirst,
            int tokens,
            int row,
            F32 scratch) {
        int whole = Lanes.whole(cols - k);
        for (int t = 0; t < tokens; t += TURN) {
            int end = Math.min(tokens, t + TURN);
            int base = k == 0 ? t : 0;
            pass(chunk, t, end, tokens, whole, k == 0, base, scratch);
            int count = (end - t) * Tile.ROWS;
            long sums = Scratch.address(scratch, Scratch.SUMS) + sums(t - base);
            LaneSums.add(sums, count, whole(count));
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

    /** Packs the tokens, unless those of this name are packed already; returns where they are. */
    private static long pack(Rows x, int xFirst, int tokens, int together, int cols, F32 scratch, long vectors) {
        long to = Scratch.address(scratch, Scratch.tokens(cols));
        long name = Scratch.address(scratch, Scratch.PACKED_NAME);
        if (vectors == ManyTokens.NAMELESS || Lanes.getLong(name) != ManyTokens.mark(vectors, cols)) {
            pack(x, xFirst, tokens, together, cols, to);
            Lanes.setLong(name, ManyTokens.mark(vectors, cols));
        }
        return to;
    }

    /**
     * Packs the tokens in the order of use: chunk by chunk, in it group by group, in a group strip by strip the even columns
     * of each and then the odd ones. Unpacked, four tokens are four streams, and L1 is filled with lines that nobody asked for.
     *
     * @param together tokens of the only group, the last of which may be the same; or 0 for groups of {@link #group}
     */
    private static void pack(Rows x, int xFirst, int tokens, int together, int cols, long to) {
        for (int k = 0; k < cols; k += Tile.CHUNK) {
            int whole = Lanes.whole(Math.min(Tile.CHUNK, cols - k));
            int group;
            for (int t = 0; t < tokens; t += group) {
                group = together > 0 ? together : group(tokens - t);
                long start = to + 4L * Math.max(tokens, together) * k + 4L * t * whole;
                for (int i = 0; i < group; i++) {
                    long from = x.address(xFirst + Math.min(t + i, tokens - 1)) + 4L * k;
                    DenseRows.widen(Dtype.F32, from, whole, start + (long) i * BYTES, 2 * group * BYTES, group * BYTES);
                }
            }
        }
    }

    /**
     * Tokens {@code [from, to)} times a panel.
     *
     * @param chunk packed tokens of this chunk
     * @param tokens all that are packed
     * @param begin whether sums begin with zeros, or are continued
     * @param base the token whose sums come first
     */
    private static void pass(long chunk, int from, int to, int tokens, int cols, boolean begin, int base, F32 scratch) {
        long panel = Scratch.address(scratch, Scratch.ROWS);
        long sums = Scratch.address(scratch, Scratch.SUMS);
        int group;
        for (int t = from; t < to; t += group) {
            group = group(tokens - t);
            long at = chunk + 4L * t * cols;
            long end = sums + sums(t - base);
            long start = begin ? Scratch.address(scratch, Scratch.ZEROS) : end;
            switch (group) {
                case 1 -> Tile.one(panel, at, cols, start, end);
                case 2 -> Tile.two(panel, at, cols, start, end);
                default -> {
                    if (begin) {
                        Tile.begin4(panel, at, cols, end);
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
