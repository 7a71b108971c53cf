package dev.sluice.kernels.vector;

import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import java.util.Objects;

/**
 * {@link CausalConv}: a block of channels at a time, so that its rows stay in L1 for the taps that read them again, and
 * inside it row after row, so that memory is read in order.
 */
public final class VectorCausalConv implements CausalConv {
    /** Channels of a block: 4 rows and 4 weights of it are 16 KiB. */
    private static final int BLOCK = 512;

    @Override
    public void run(
            Rows x,
            int xFirst,
            int xColumn,
            Rows y,
            int yFirst,
            int yColumn,
            int tokens,
            F32 weights,
            F32 state,
            long stateAt,
            Channels columns) {
        int depth = columns.taps() - 1;
        Objects.checkFromIndexSize(columns.from(), columns.count(), columns.total());
        x.check(xFirst, tokens, xColumn, columns.count());
        y.check(yFirst, tokens, yColumn, columns.count());
        weights.check(0, (long) columns.taps() * columns.total());
        state.check(stateAt, (long) depth * columns.total());
        for (int c = 0; c < columns.count(); c += BLOCK) {
            int count = Math.min(BLOCK, columns.count() - c);
            long w = weights.address() + 4L * (columns.from() + c);
            long s = state.address() + 4 * (stateAt + columns.from() + c);
            for (int t = 0; t < tokens; t++) {
                long in = x.data().address() + 4 * (x.row(xFirst + t) + xColumn + c);
                long out = y.data().address() + 4 * (y.row(yFirst + t) + yColumn + c);
                filter(w, 4L * columns.total(), in, 4L * x.stride(), s, t, columns.taps(), out, count);
            }
        }
        advance(x, xFirst, xColumn, tokens, state, stateAt, columns);
    }

    /**
     * One row: {@code x} is row {@code t}, earlier ones lie before it, those before row 0 in the state.
     *
     * @param wStride bytes between taps, also between rows of the state
     * @param xStride bytes between rows
     */
    private static void filter(
            long w, long wStride, long x, long xStride, long state, int t, int taps, long y, int count) {
        Elements.clear(y, count);
        for (int j = 0; j < taps; j++) {
            int back = taps - 1 - j;
            long row = back <= t ? x - back * xStride : state + (t + j) * wStride;
            Elements.addProduct(y, w + j * wStride, row, count);
        }
        Exp.gate(y, y, y, count);
    }

    private static void advance(
            Rows x, int xFirst, int xColumn, int tokens, F32 state, long stateAt, Channels columns) {
        int depth = columns.taps() - 1;
        for (int j = 0; j < depth; j++) {
            int t = tokens - depth + j;
            F32 source = t < 0 ? state : x.data();
            long from = t < 0
                    ? stateAt + (long) (j + tokens) * columns.total() + columns.from()
                    : x.row(xFirst + t) + xColumn;
            F32.copy(source, from, state, stateAt + (long) j * columns.total() + columns.from(), columns.count());
        }
    }
}
