package dev.sluice.bench;

import dev.sluice.kernels.F32;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The other way to multiply many tokens: lanes along rows, activations broadcast, nothing added across lanes. Kept here
 * to price the order of sums that {@link dev.sluice.kernels.MatMul} promises; its weights must be packed column by
 * column in panels of two vectors of rows, which this does not time.
 */
final class OuterProduct {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = F.length();
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /** Rows of a panel. */
    static final int PANEL = 2 * LANES;

    /** Tokens of a tile: twelve accumulators. */
    static final int TOKENS = 6;

    private OuterProduct() {}

    /** Panels {@code [from, to)} of {@code y[t] = W x[t]}; {@code tokens} is a multiple of {@link #TOKENS}. */
    static void multiply(F32 panels, int cols, F32 x, F32 y, int rows, int tokens, int from, int to) {
        for (int panel = from; panel < to; panel++) {
            long w = panels.address() + 4L * panel * PANEL * cols;
            for (int t = 0; t < tokens; t += TOKENS) {
                tile(w, cols, x.address() + 4L * t * cols, y.address() + 4L * ((long) t * rows + panel * PANEL), rows);
            }
        }
    }

    private static void tile(long w, int cols, long x, long y, int rows) {
        FloatVector a0 = FloatVector.zero(F);
        FloatVector a1 = FloatVector.zero(F);
        FloatVector b0 = FloatVector.zero(F);
        FloatVector b1 = FloatVector.zero(F);
        FloatVector c0 = FloatVector.zero(F);
        FloatVector c1 = FloatVector.zero(F);
        FloatVector d0 = FloatVector.zero(F);
        FloatVector d1 = FloatVector.zero(F);
        FloatVector e0 = FloatVector.zero(F);
        FloatVector e1 = FloatVector.zero(F);
        FloatVector f0 = FloatVector.zero(F);
        FloatVector f1 = FloatVector.zero(F);
        long pitch = 4L * cols;
        long base = w & Long.MAX_VALUE >>> 1;
        long first = x & Long.MAX_VALUE >>> 1;
        for (int i = 0; i < cols; i++) {
            int k = i & 0x00FF_FFFF;
            FloatVector w0 = FloatVector.fromMemorySegment(F, MEMORY, base + 4L * PANEL * k, ByteOrder.LITTLE_ENDIAN);
            FloatVector w1 = FloatVector.fromMemorySegment(
                    F, MEMORY, base + 4L * PANEL * k + 4L * LANES, ByteOrder.LITTLE_ENDIAN);
            long at = first + 4L * k;
            FloatVector v = FloatVector.broadcast(F, MEMORY.get(FLOAT, at));
            a0 = w0.fma(v, a0);
            a1 = w1.fma(v, a1);
            v = FloatVector.broadcast(F, MEMORY.get(FLOAT, at + pitch));
            b0 = w0.fma(v, b0);
            b1 = w1.fma(v, b1);
            v = FloatVector.broadcast(F, MEMORY.get(FLOAT, at + 2 * pitch));
            c0 = w0.fma(v, c0);
            c1 = w1.fma(v, c1);
            v = FloatVector.broadcast(F, MEMORY.get(FLOAT, at + 3 * pitch));
            d0 = w0.fma(v, d0);
            d1 = w1.fma(v, d1);
            v = FloatVector.broadcast(F, MEMORY.get(FLOAT, at + 4 * pitch));
            e0 = w0.fma(v, e0);
            e1 = w1.fma(v, e1);
            v = FloatVector.broadcast(F, MEMORY.get(FLOAT, at + 5 * pitch));
            f0 = w0.fma(v, f0);
            f1 = w1.fma(v, f1);
        }
        long row = 4L * rows;
        store(a0, a1, y);
        store(b0, b1, y + row);
        store(c0, c1, y + 2 * row);
        store(d0, d1, y + 3 * row);
        store(e0, e1, y + 4 * row);
        store(f0, f1, y + 5 * row);
    }

    private static void store(FloatVector low, FloatVector high, long y) {
        low.intoMemorySegment(MEMORY, y, ByteOrder.LITTLE_ENDIAN);
        high.intoMemorySegment(MEMORY, y + 4L * LANES, ByteOrder.LITTLE_ENDIAN);
    }
}
