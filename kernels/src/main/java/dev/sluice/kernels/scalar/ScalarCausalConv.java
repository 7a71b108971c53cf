package dev.sluice.kernels.scalar;

import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;

/** {@link CausalConv}: rows of the state, then rows of the call, all on the heap. */
public final class ScalarCausalConv implements CausalConv {
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
        int count = columns.count();
        int taps = columns.taps();
        int depth = taps - 1;
        float[] w = new float[taps * count];
        float[] raw = new float[(depth + tokens) * count];
        for (int j = 0; j < taps; j++) {
            Floats.read(weights, (long) j * columns.total() + columns.from(), w, j * count, count);
        }
        for (int j = 0; j < depth; j++) {
            Floats.read(state, stateAt + (long) j * columns.total() + columns.from(), raw, j * count, count);
        }
        for (int t = 0; t < tokens; t++) {
            Floats.read(x.data(), x.row(xFirst + t) + xColumn, raw, (depth + t) * count, count);
        }
        float[] out = new float[count];
        for (int t = 0; t < tokens; t++) {
            filter(w, raw, t * count, out, taps);
            Floats.write(out, 0, y.data(), y.row(yFirst + t) + yColumn, count);
        }
        for (int j = 0; j < depth; j++) {
            Floats.write(
                    raw, (tokens + j) * count, state, stateAt + (long) j * columns.total() + columns.from(), count);
        }
    }

    private static void filter(float[] w, float[] raw, int at, float[] out, int taps) {
        int count = out.length;
        for (int c = 0; c < count; c++) {
            float sum = 0;
            for (int j = 0; j < taps; j++) {
                sum = Math.fma(w[j * count + c], raw[at + j * count + c], sum);
            }
            out[c] = ScalarExp.gate(sum, sum);
        }
    }
}
