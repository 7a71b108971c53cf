package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.HALF;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import dev.sluice.kernels.Bf16;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.KvPages;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * A part of a page of keys or values as f32 in the order of use: up to {@link #SIDE} rows of as many columns, two
 * vectors of each row, then the next two of each. It is widened once for all queries that share it and stays in L1
 * (16 KiB).
 */
final class Panel {
    /** Rows and columns at most. */
    static final int SIDE = KvPages.PAGE;

    /** Floats in all. */
    static final int SIZE = SIDE * SIDE;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);

    private Panel() {}

    /** Rounds and stores one element of a page. */
    static void set(Dtype type, long address, float value) {
        if (type == Dtype.BF16) {
            MEMORY.set(SHORT, address, Bf16.round(value));
        } else {
            Lanes.set(address, value);
        }
    }

    private static float get(Dtype type, long address) {
        return type == Dtype.BF16 ? Bf16.toFloat(MEMORY.get(SHORT, address)) : Lanes.get(address);
    }

    /** Columns in whole pairs of vectors, none left out. */
    static int whole(int cols) {
        return Lanes.whole(cols + 2 * LANES - 1);
    }

    /**
     * Makes a panel; columns up to the next whole two vectors become 0.
     *
     * @param from the first element
     * @param pitch bytes from row to row
     */
    static void fill(Dtype type, long from, long pitch, int rows, int cols, long panel) {
        int whole = Lanes.whole(cols);
        if (type == Dtype.BF16) {
            bf16(from, pitch, rows, whole, panel);
        } else {
            f32(from, pitch, rows, whole, panel);
        }
        if (whole < cols) {
            for (int row = 0; row < rows; row++) {
                long to = panel + 4L * SIDE * whole + 2L * BYTES * row;
                for (int col = whole; col < whole + 2 * LANES; col++) {
                    float value = col < cols ? get(type, from + row * pitch + type.bytes(col)) : 0;
                    Lanes.set(to + 4L * (col - whole), value);
                }
            }
        }
    }

    private static void bf16(long fromAt, long pitch, int rows, int cols, long panelAt) {
        long panel = Lanes.address(panelAt);
        for (int col = 0; col < cols; col += 2 * LANES) {
            long from = fromAt + 2L * col;
            long to = panel + 4L * SIDE * (col & SIDE - 1);
            for (int i = 0; i < rows; i++) {
                int row = i & SIDE - 1;
                long at = Lanes.address(from + row * pitch);
                ((IntVector) ShortVector.fromMemorySegment(HALF, MEMORY, at, ORDER)
                                .convertShape(ZERO_EXTEND_S2I, I, 0))
                        .lanewise(LSHL, 16)
                        .intoMemorySegment(MEMORY, to + 2L * BYTES * row, ORDER);
                ((IntVector) ShortVector.fromMemorySegment(HALF, MEMORY, at + BYTES / 2, ORDER)
                                .convertShape(ZERO_EXTEND_S2I, I, 0))
                        .lanewise(LSHL, 16)
                        .intoMemorySegment(MEMORY, to + 2L * BYTES * row + BYTES, ORDER);
            }
        }
    }

    private static void f32(long fromAt, long pitch, int rows, int cols, long panelAt) {
        long panel = Lanes.address(panelAt);
        for (int col = 0; col < cols; col += 2 * LANES) {
            long from = fromAt + 4L * col;
            long to = panel + 4L * SIDE * (col & SIDE - 1);
            for (int i = 0; i < rows; i++) {
                int row = i & SIDE - 1;
                long at = Lanes.address(from + row * pitch);
                FloatVector.fromMemorySegment(F, MEMORY, at, ORDER)
                        .intoMemorySegment(MEMORY, to + 2L * BYTES * row, ORDER);
                FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER)
                        .intoMemorySegment(MEMORY, to + 2L * BYTES * row + BYTES, ORDER);
            }
        }
    }
}
