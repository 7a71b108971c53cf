package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;

/** Products with two to four tokens: two rows side by side are widened, part by part, and multiplied in L1 ({@link Few}). */
final class FewTokens {
    /** Sums that are added up at a time. */
    private static final int SUMS = Math.max(LANES, 2 * Few.TOKENS);

    private FewTokens() {}

    /** As {@link MatMul#multiply}; as many rows at a time as fill the lanes, slot {@code Few.TOKENS * row + token}. */
    static void multiply(
            Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch, long vectors) {
        int whole = Lanes.whole(w.cols());
        int together = tokens == 2 ? 2 : Few.TOKENS;
        long packed = PackedTokens.pack(x, xFirst, tokens, together, w.cols(), scratch, vectors);
        long sums = Scratch.address(scratch, Scratch.partSums(w.cols()));
        int rows;
        for (int r = from; r < to; r += rows) {
            rows = Math.min(SUMS / Few.TOKENS, to - r);
            OneToken.clear(w, sums, SUMS);
            for (int i = 0; i < rows; i += 2) {
                long slot = sums + (long) i * Few.TOKENS * BYTES;
                twoRows(w, r + i, Math.min(2, rows - i), packed, together, scratch, i, slot);
            }
            LaneSums.addParts(sums, SUMS, Scratch.parts(w.cols()));
            for (int i = 0; i < rows; i++) {
                long rest = Scratch.address(scratch, row(w, i) + whole);
                for (int t = 0; t < tokens; t++) {
                    float sum = Lanes.get(sums + 4L * (i * Few.TOKENS + t));
                    long input = x.address(xFirst + t) + 4L * whole;
                    Lanes.set(y.address(yFirst + t) + 4L * (r + i), Lanes.tail(sum, rest, input, w.cols() - whole));
                }
            }
        }
    }

    /** Where a widened row is. */
    private static int row(Matrix w, int i) {
        return Scratch.ROWS + i * Scratch.pitch(w.cols());
    }

    /** Two rows, or one that is multiplied twice; columns after the last whole strip are left widened. */
    private static void twoRows(
            Matrix w, int row, int rows, long packed, int together, F32 scratch, int slot, long sums) {
        int whole = Lanes.whole(w.cols());
        int part = MatMul.part(w.cols());
        long out = sums;
        for (int k = 0; k < w.cols(); k += part) {
            int end = Math.min(w.cols(), k + part);
            for (int i = 0; i < rows; i++) {
                WidenedRows.widen(w, row + i, k, end, scratch, row(w, slot + i) + k);
            }
            long a = Scratch.address(scratch, row(w, slot) + k);
            long b = Scratch.address(scratch, row(w, slot + rows - 1) + k);
            int cols = Math.min(whole, end) - k;
            if (together == 2) {
                Few.two(a, b, packed + 4L * together * k, cols, out);
            } else {
                Few.four(a, b, packed + 4L * together * k, cols, out);
            }
            out += Scratch.PART_SUMS;
        }
    }
}
