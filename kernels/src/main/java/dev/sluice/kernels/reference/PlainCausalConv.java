package dev.sluice.kernels.reference;

import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;

/** {@link CausalConv}, channel by channel, the state seen as rows before row 0. */
public final class PlainCausalConv implements CausalConv {
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
        float[] raw = new float[depth + tokens];
        for (int c = 0; c < columns.count(); c++) {
            long channel = columns.from() + c;
            for (int j = 0; j < depth; j++) {
                raw[j] = state.get(stateAt + (long) j * columns.total() + channel);
            }
            for (int t = 0; t < tokens; t++) {
                raw[depth + t] = x.data().get(x.row(xFirst + t) + xColumn + c);
            }
            for (int t = 0; t < tokens; t++) {
                float sum = 0;
                for (int j = 0; j <= depth; j++) {
                    sum = Math.fma(weights.get((long) j * columns.total() + channel), raw[t + j], sum);
                }
                y.data().set(y.row(yFirst + t) + yColumn + c, (float) PlainActivations.silu(sum));
            }
            for (int j = 0; j < depth; j++) {
                state.set(stateAt + (long) j * columns.total() + channel, raw[tokens + j]);
            }
        }
    }
}
