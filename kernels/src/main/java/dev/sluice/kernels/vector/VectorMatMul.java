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
        int parts = Scratch.parts(w.cols());
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        int rows;
        for (int r = from; r < to; r += rows) {
            rows = Math.min(FEW_SUMS / Few.TOKENS, to - r);
            OneToken.clear(w, sums);
            for (int i = 0; i < rows; i += 2) {
                twoRows(w, r + i, Math.min(2, rows - i), packed, tokens, scratch, i, sums);
            }
            LaneSums.addParts(sums, FEW_SUMS, parts, Scratch.PART_SUMS);
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
        int end;
        for (int k = 0; k < w.cols(); k = end) {
            end = end(k, CHUNK, w.cols());
            for (int i = 0; i < rows; i++) {
                WidenedRows.widen(w, row + i, k, end, scratch, first + i * pitch + k);
            }
            long a = Scratch.address(scratch, first + k);
            long b = Scratch.address(scratch, first + (rows - 1) * pitch + k);
            int cols = Math.min(whole, end) - k;
            long out = to + k / MatMul.part(w.cols()) * (long) Scratch.PART_SUMS;
            if (tokens == 2) {
                Few.two(a, b, packed + 2 * 4L * k, cols, out);
            } else {
                Few.four(a, b, packed + Few.TOKENS * 4L * k, cols, out);
            }
        }
    }

    /** The end of the chunk that begins at column {@code k}: chunks end where parts do. */
    private static int end(int k, int chunk, int cols) {
        int part = MatMul.part(cols);
        return Math.min(Math.min(cols, k + chunk), (k / part + 1) * part);
    }

    /** Row tile by row tile: a chunk of the rows is widened into a panel, then all tokens pass over it. */
    private static void some(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        long packed = pack(x, xFirst, tokens, 0, w.cols(), scratch, vectors);
        Lanes.clear(Scratch.address(scratch, Scratch.ZEROS), Tile.SUMS);
        int part = MatMul.part(w.cols());
        int end;
        for (int r = from; r < to; r += Tile.ROWS) {
            int rows = Math.min(Tile.ROWS, to - r);
            for (int k = 0; k < w.cols(); k = end) {
                end = end(k, Tile.CHUNK, w.cols());
                panel(w, r, rows, k, end, scratch);
                long chunk = packed + 4L * tokens * k;
                boolean begin = k % part == 0;
                if (end == w.cols() || end % part == 0) {
                    last(chunk, w.cols(), k, end, begin, rows, x, xFirst, y, yFirst, tokens, r, scratch);
                } else {
                    pass(chunk, 0, tokens, tokens, end - k, begin, 0, scratch);
                }
            }
        }
    }

    private static void panel(Matrix w, int row, int rows, int from, int to, F32 scratch) {
        for (int i = 0; i < rows; i++) {
            WidenedRows.panel(w, row + i, from, to, scratch, i);
        }
    }

    /**
     * The last chunk of a part: some tokens at a time, so that their sums are added up while they are in L1; those of a
     * part of one chunk never leave it.
     *
     * @param chunk its packed tokens
     * @param k its first column
     */
    private static void last(
            long chunk,
            int cols,
            int k,
            int end,
            boolean begin,
            int rows,
            Rows x,
            int xFirst,
            Rows y,
            int yFirst,
            int tokens,
            int row,
            F32 scratch) {
        int whole = Lanes.whole(end - k);
        for (int t = 0; t < tokens; t += TURN) {
            int count = Math.min(TURN, tokens - t);
            int base = begin ? t : 0;
            pass(chunk, t, t + count, tokens, whole, begin, base, scratch);
            int all = count * Tile.ROWS;
            long sums = Scratch.address(scratch, Scratch.SUMS) + sums(t - base);
            LaneSums.add(sums, all, whole(all));
            write(sums, k >= MatMul.part(cols), rows, y, yFirst + t, count, row);
            if (k + whole < end) {
                tails(k + whole, end, rows, x, xFirst + t, y, yFirst + t, count, row, scratch);
            }
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
        int end;
        for (int k = 0; k < cols; k = end) {
            end = end(k, Tile.CHUNK, cols);
            int whole = Lanes.whole(end - k);
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

    /** Writes the {@code [tokens][rows]} sums of a tile, or adds them to those of the parts before. */
    private static void write(long sums, boolean add, int rows, Rows y, int yFirst, int tokens, int row) {
        for (int t = 0; t < tokens; t++) {
            long to = y.address(yFirst + t) + 4L * row;
            if (add) {
                Lanes.add(sums + 4L * t * Tile.ROWS, to, rows);
            } else {
                Lanes.copy(sums + 4L * t * Tile.ROWS, to, rows);
            }
        }
    }

    /** Columns {@code [whole, cols)}, behind the last whole strip. */
    private static void tails(
            int whole, int cols, int rows, Rows x, int xFirst, Rows y, int yFirst, int tokens, int row, F32 scratch) {
        for (int t = 0; t < tokens; t++) {
            long input = x.address(xFirst + t) + 4L * whole;
            for (int i = 0; i < rows; i++) {
                long to = y.address(yFirst + t) + 4L * (row + i);
                long rest = Scratch.address(scratch, Scratch.rest(i));
                Lanes.set(to, Lanes.tail(Lanes.get(to), rest, input, cols - whole));
            }
        }
    }

    /** One by one: a row a token is too seldom for C2, and vectors in code that it has not seen live in boxes. */
    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        plain.row(w, row, y, at);
    }
}
