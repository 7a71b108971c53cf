package dev.sluice.kernels.reference;

import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;

/** {@link DeltaRule}, column by column, in the f32 operations that the facade fixes: vector results equal these bit for bit. */
public final class PlainDeltaRule implements DeltaRule {
    @Override
    public void run(
            F32 state,
            long stateAt,
            int dk,
            int dv,
            Rows q,
            Rows k,
            Rows v,
            Rows gates,
            Rows o,
            int first,
            int tokens,
            int from,
            int to,
            F32 scratch) {
        for (int t = first; t < first + tokens; t++) {
            float alpha = gates.data().get(gates.row(t));
            float beta = gates.data().get(gates.row(t) + 1);
            float kq = gates.data().get(gates.row(t) + 2);
            for (int c = from; c < to; c++) {
                float p = 0;
                float q0 = 0;
                for (int i = 0; i < dk; i++) {
                    float s = state.get(stateAt + (long) i * dv + c);
                    p = Math.fma(s, k.data().get(k.row(t) + i), p);
                    q0 = Math.fma(s, q.data().get(q.row(t) + i), q0);
                }
                float d = beta * (v.data().get(v.row(t) + c) - alpha * p);
                for (int i = 0; i < dk; i++) {
                    long at = stateAt + (long) i * dv + c;
                    state.set(at, Math.fma(k.data().get(k.row(t) + i), d, alpha * state.get(at)));
                }
                o.data().set(o.row(t) + c, Math.fma(kq, d, alpha * q0));
            }
        }
    }

    @Override
    public float dot(F32 k, long kAt, F32 q, long qAt, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) k.get(kAt + i) * q.get(qAt + i);
        }
        return (float) sum;
    }
}
