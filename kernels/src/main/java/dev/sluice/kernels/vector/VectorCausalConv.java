package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;

/**
 * {@link CausalConv}: a block of channels at a time, so that its rows stay in L1 for the taps that read them again, and
 * inside it row after row, so that memory is read in order.
 */
public final class VectorCausalConv implements CausalConv {
    /** Channels of a block: 4 rows and 4 weights of it are 16 KiB. */
    private static final int BLOCK = 512;

    private static final int TAPS = 4;

    /** Rows that are asked for together: those of a head lie pages apart, where no core looks ahead by itself. */
    private static final int AHEAD = 4;

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
                if (t % AHEAD == 0) {
                    Prefetch.lines(in + 4L * AHEAD * x.stride(), 4L * x.stride(), 4L * count, AHEAD);
                    Prefetch.lines(out + 4L * AHEAD * y.stride(), 4L * y.stride(), 4L * count, AHEAD);
                }
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
        if (taps == TAPS) {
            long first = t >= 3 ? x - 3 * xStride : state + t * wStride;
            long second = t >= 2 ? x - 2 * xStride : state + (t + 1) * wStride;
            long third = t >= 1 ? x - xStride : state + (t + 2) * wStride;
            four(w, wStride, first, second, third, x, y, count);
        } else {
            any(w, wStride, x, xStride, state, t, taps, y, count);
        }
        Exp.gate(y, y, y, count);
    }

    /** The taps of every released model in one pass: one store a channel in place of five. */
    private static void four(
            long wAt, long wStride, long first, long second, long third, long fourth, long yAt, int count) {
        long w0 = Lanes.address(wAt);
        long w1 = Lanes.address(wAt + wStride);
        long w2 = Lanes.address(wAt + 2 * wStride);
        long w3 = Lanes.address(wAt + 3 * wStride);
        long x0 = Lanes.address(first);
        long x1 = Lanes.address(second);
        long x2 = Lanes.address(third);
        long x3 = Lanes.address(fourth);
        long y = Lanes.address(yAt);
        int i = 0;
        for (; i <= count - LANES; i += LANES) {
            long at = 4L * (i & Integer.MAX_VALUE);
            FloatVector sum = FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER)
                    .fma(FloatVector.fromMemorySegment(F, MEMORY, x0 + at, ORDER), FloatVector.zero(F));
            sum = FloatVector.fromMemorySegment(F, MEMORY, w1 + at, ORDER)
                    .fma(FloatVector.fromMemorySegment(F, MEMORY, x1 + at, ORDER), sum);
            sum = FloatVector.fromMemorySegment(F, MEMORY, w2 + at, ORDER)
                    .fma(FloatVector.fromMemorySegment(F, MEMORY, x2 + at, ORDER), sum);
            FloatVector.fromMemorySegment(F, MEMORY, w3 + at, ORDER)
                    .fma(FloatVector.fromMemorySegment(F, MEMORY, x3 + at, ORDER), sum)
                    .intoMemorySegment(MEMORY, y + at, ORDER);
        }
        for (; i < count; i++) {
            long at = 4L * i;
            float sum = Math.fma(Lanes.get(w0 + at), Lanes.get(x0 + at), 0f);
            sum = Math.fma(Lanes.get(w1 + at), Lanes.get(x1 + at), sum);
            sum = Math.fma(Lanes.get(w2 + at), Lanes.get(x2 + at), sum);
            Lanes.set(y + at, Math.fma(Lanes.get(w3 + at), Lanes.get(x3 + at), sum));
        }
    }

    private static void any(
            long w, long wStride, long x, long xStride, long state, int t, int taps, long y, int count) {
        Elements.clear(y, count);
        for (int j = 0; j < taps; j++) {
            int back = taps - 1 - j;
            long row = back <= t ? x - back * xStride : state + (t + j) * wStride;
            Elements.addProduct(y, w + j * wStride, row, count);
        }
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
