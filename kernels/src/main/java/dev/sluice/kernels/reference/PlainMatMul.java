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
        switch (w) {
            case Matrix.Dense dense -> dense(dense, row, y, at);
            case Matrix.Fp8Blocks blocks -> fp8(blocks, row, y, at);
            case Matrix.AffineGroups groups -> affine(groups, row, y, at);
        }
    }

    private static void dense(Matrix.Dense w, int row, F32 y, long at) {
        long first = (long) row * w.cols();
        for (int k = 0; k < w.cols(); k++) {
            y.set(at + k, Widen.at(w.type(), w.data(), first + k));
        }
    }

    private static void fp8(Matrix.Fp8Blocks w, int row, F32 y, long at) {
        long first = (long) row * w.cols();
        long firstScale = (long) (row / Matrix.Fp8Blocks.BLOCK) * Matrix.Fp8Blocks.blocks(w.cols());
        for (int k = 0; k < w.cols(); k++) {
            float scale = w.scales().get(firstScale + k / Matrix.Fp8Blocks.BLOCK);
            y.set(at + k, Widen.at(Dtype.F8_E4M3, w.data(), first + k) * scale);
        }
    }

    private static void affine(Matrix.AffineGroups w, int row, F32 y, long at) {
        long first = (long) row * w.cols();
        for (int k = 0; k < w.cols(); k++) {
            long group = (first + k) / w.group();
            float scale = Widen.at(w.scaleType(), w.scales(), group);
            float bias = Widen.at(w.scaleType(), w.biases(), group);
            y.set(at + k, Math.fma(scale, code(w.data(), w.bits(), first + k), bias));
        }
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
