package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.HALF;
import static dev.sluice.kernels.vector.Lanes.I;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;
import static dev.sluice.kernels.vector.Lanes.address;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.reference.Widen;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** Scales and biases of affine groups, widened to f32 in the order in which they lie. */
final class AffineScales {
    private AffineScales() {}

    /**
     * Widens {@code count} scales to floats at {@code to}, then as many biases, both from group {@code first} of the
     * matrix on, {@code cols / group} of which make a row.
     */
    static void prepare(Matrix.AffineGroups w, long first, int count, long to) {
        widen(w, w.scales(), first, count, to);
        widen(w, w.biases(), first, count, to + 4L * count);
    }

    /** Asks for the scales and biases of rows that follow. */
    static void ahead(Matrix.AffineGroups w, int row, int rows) {
        long groups = w.cols() / w.group();
        long scales = w.scales().address() + w.scaleType().bytes(row * groups);
        Prefetch.lines(
                scales,
                w.biases().address() - w.scales().address(),
                w.scaleType().bytes(rows * groups),
                2);
    }

    /** Vectors may run over the end of the numbers asked for, not over the end of the memory. */
    private static void widen(Matrix.AffineGroups w, MemorySegment numbers, long first, int count, long to) {
        long all = (long) w.rows() * (w.cols() / w.group());
        int vectors = (int) Math.min((count + LANES - 1) / LANES, (all - first) / LANES);
        long from = numbers.address() + w.scaleType().bytes(first);
        widen(w.scaleType(), from, vectors, to);
        for (int i = vectors * LANES; i < count; i++) {
            Lanes.set(to + 4L * i, Widen.at(w.scaleType(), numbers, first + i));
        }
    }

    private static void widen(Dtype type, long from, int vectors, long to) {
        switch (type) {
            case F32 -> copy(from, vectors, to);
            case BF16 -> bf16(from, vectors, to);
            default -> f16(from, vectors, to);
        }
    }

    private static void copy(long from, int vectors, long to) {
        long w0 = address(from);
        long y0 = address(to);
        for (int i = 0; i < vectors; i++) {
            long at = (long) BYTES * (i & Integer.MAX_VALUE);
            FloatVector.fromMemorySegment(F, MEMORY, w0 + at, ORDER).intoMemorySegment(MEMORY, y0 + at, ORDER);
        }
    }

    private static void bf16(long from, int vectors, long to) {
        long w0 = address(from);
        long y0 = address(to);
        for (int i = 0; i < vectors; i++) {
            long at = (long) BYTES * (i & Integer.MAX_VALUE);
            ShortVector shorts = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + (at >> 1), ORDER);
            ((IntVector) shorts.convertShape(ZERO_EXTEND_S2I, I, 0))
                    .lanewise(LSHL, 16)
                    .intoMemorySegment(MEMORY, y0 + at, ORDER);
        }
    }

    /** See {@link DenseRows}. */
    private static void f16(long from, int vectors, long to) {
        long w0 = address(from);
        long y0 = address(to);
        for (int i = 0; i < vectors; i++) {
            long at = (long) BYTES * (i & Integer.MAX_VALUE);
            ShortVector shorts = ShortVector.fromMemorySegment(HALF, MEMORY, w0 + (at >> 1), ORDER);
            FloatVector small = ((IntVector) shorts.convertShape(S2I, I, 0))
                    .lanewise(LSHL, 13)
                    .and(DenseRows.F16_MASK)
                    .reinterpretAsFloats()
                    .mul(DenseRows.F16_SCALE);
            IntVector bits = small.reinterpretAsInts();
            bits.blend(
                            bits.or(DenseRows.INFINITE),
                            small.abs().compare(GE, DenseRows.F16_LIMIT).cast(I))
                    .intoMemorySegment(MEMORY, y0 + at, ORDER);
        }
    }
}
