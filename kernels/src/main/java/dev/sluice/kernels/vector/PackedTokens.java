package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Rows;

/**
 * Tokens in the order of use: part by part, in it group by group, in a group strip by strip the even columns of each and then
 * the odd ones. Unpacked, four tokens are four streams, and L1 is filled with lines that nobody asked for.
 */
final class PackedTokens {
    private PackedTokens() {}

    /** Tokens that pass together: four, and of the last ones two and one. */
    static int group(int rest) {
        return rest >= 4 ? 4 : rest >= 2 ? 2 : 1;
    }

    /**
     * Packs tokens, unless those of this name are packed already.
     *
     * @param together tokens of the only group, the last of which may be the same; or 0 for groups of {@link #group}
     * @return where they are: {@code [column of a part][token]}, so that a part that begins with column {@code k} lies
     *     {@code 4 * k * max(tokens, together)} bytes behind
     */
    static long pack(Rows x, int xFirst, int tokens, int together, int cols, F32 scratch, long vectors) {
        long to = Scratch.address(scratch, Scratch.tokens(cols));
        long name = Scratch.address(scratch, Scratch.PACKED_NAME);
        if (vectors == ManyTokens.NAMELESS || Lanes.getLong(name) != ManyTokens.mark(vectors, cols)) {
            pack(x, xFirst, tokens, together, cols, to);
            Lanes.setLong(name, ManyTokens.mark(vectors, cols));
        }
        return to;
    }

    private static void pack(Rows x, int xFirst, int tokens, int together, int cols, long to) {
        int all = Lanes.whole(cols);
        int part = MatMul.part(cols);
        for (int k = 0; k < all; k += part) {
            int size = Math.min(part, all - k);
            int group;
            for (int t = 0; t < tokens; t += group) {
                group = together > 0 ? together : group(tokens - t);
                long start = to + 4L * Math.max(tokens, together) * k + 4L * t * size;
                for (int i = 0; i < group; i++) {
                    long from = x.address(xFirst + Math.min(t + i, tokens - 1)) + 4L * k;
                    DenseRows.widen(Dtype.F32, from, size, start + (long) i * BYTES, 2 * group * BYTES, group * BYTES);
                }
            }
        }
    }
}
