package dev.sluice.kernels.scalar;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;

/** {@link MatMul}, row by row: the row widened on the heap, then its sum with each token. */
public final class ScalarMatMul implements MatMul {
    private final int width;

    /** @param width lanes of a vector */
    public ScalarMatMul(int width) {
        this.width = width;
    }

    @Override
    public void multiply(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
        MatMul.check(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
        int cols = w.cols();
        int count = to - from;
        int stride = tokens == 1 ? cols : x.stride();
        float[] in = new float[(tokens - 1) * stride + cols]; // one copy, with what lies between the rows
        float[] out = new float[tokens * count];
        Floats.read(x.data(), x.row(xFirst), in, 0, in.length);
        sums(new WidenedRow(w, from, to), from, count, in, stride, tokens, out);
        for (int t = 0; t < tokens; t++) {
            Floats.write(out, t * count, y.data(), y.row(yFirst + t) + from, count);
        }
    }

    /** By itself, because C2 takes 30 ms for these loops with all the copies around them, at the start of a process. */
    private void sums(WidenedRow row, int from, int count, float[] in, int stride, int tokens, float[] out) {
        float[] lanes = new float[Math.max(8, width)];
        for (int r = 0; r < count; r++) {
            float[] weights = row.read(from + r);
            for (int t = 0; t < tokens; t++) {
                out[t * count + r] = LaneSum.product(weights, in, t * stride, weights.length, width, lanes);
            }
        }
    }

    @Override
    public void row(Matrix w, int row, F32 y, long at) {
        MatMul.checkRow(w, row, y, at);
        Floats.write(new WidenedRow(w, row, row + 1).read(row), 0, y, at, w.cols());
    }
}
