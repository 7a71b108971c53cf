package dev.sluice.kernels.reference;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link MatMul} as the formula says it: each weight is one f32 number, the products are summed in f64 with k ascending
 * and rounded to f32 once. This is the truth in tests, so it does not follow the lane order of the interface; one token
 * still gives the same bits alone and in a batch.
 */
public final class PlainMatMul implements MatMul {
    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        for (int r = from; r < to; r++) {
            row(w, r, scratch, 0);
            for (int t = 0; t < tokens; t++) {
                y.data().set(y.row(yFirst + t) + r, dot(scratch, x.data(), x.row(xFirst + t), w.cols()));
            }
        }
    }

    private static float dot(F32 row, F32 x, long at, int cols) {
        double sum = 0;
        for (int k = 0; k < cols; k++) {
            sum += (double) row.get(k) * x.get(at + k);
        }
        return (float) sum;
    }

    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        MatMul.checkRow(w, row, y, at);
        widen(w, row, 0, w.cols(), y, at);
    }

    /** Writes columns {@code [from, to)} of a row, widened to f32, to {@code y[at ..]}. */
    public static void widen(Matrix w, int row, int from, int to, F32 y, long at) {
        for (int k = from; k < to; k++) {
            y.set(at + k - from, element(w, row, k));
        }
    }

    /** One element, widened to f32. */
    public static float element(Matrix w, int row, int column) {
        long index = (long) row * w.cols() + column;
        return switch (w) {
            case Matrix.Dense dense -> Widen.at(dense.type(), dense.data(), index);
            case Matrix.Fp8Blocks blocks -> fp8(blocks, row, column, index);
            case Matrix.AffineGroups groups -> affine(groups, index);
        };
    }

    private static float fp8(Matrix.Fp8Blocks w, int row, int column, long index) {
        long block = (long) (row / Matrix.Fp8Blocks.BLOCK) * Matrix.Fp8Blocks.blocks(w.cols())
                + column / Matrix.Fp8Blocks.BLOCK;
        return Widen.at(Dtype.F8_E4M3, w.data(), index) * w.scales().get(block);
    }

    private static float affine(Matrix.AffineGroups w, long index) {
        float scale = Widen.at(w.scaleType(), w.scales(), index / w.group());
        float bias = Widen.at(w.scaleType(), w.biases(), index / w.group());
        return Math.fma(scale, code(w.data(), w.bits(), index), bias);
    }

    /** Rows are whole words, so code {@code index} of the matrix is found without looking at the row. */
    private static int code(MemorySegment data, int bits, long index) {
        byte stored = data.get(ValueLayout.JAVA_BYTE, index * bits / 8);
        if (bits == 8) {
            return stored & 0xFF;
        }
        return index % 2 == 0 ? stored & 0xF : stored >> 4 & 0xF;
    }
}
