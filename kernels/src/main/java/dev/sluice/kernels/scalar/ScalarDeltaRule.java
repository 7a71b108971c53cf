package dev.sluice.kernels.scalar;

import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import java.util.Objects;

/** {@link DeltaRule}: a block of columns of the state on the heap, all tokens over it, row by row. */
public record ScalarDeltaRule(int width) implements DeltaRule {
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
        Objects.checkFromToIndex(from, to, dv);
        int n = to - from;
        float[] s = new float[dk * n];
        int copies = n == dv ? 1 : dk; // all columns lie in one piece
        for (int i = 0; i < copies; i++) {
            Floats.read(state, stateAt + (long) i * dv + from, s, i * n, s.length / copies);
        }
        float[] gate = new float[3];
        float[] key = new float[dk];
        float[] query = new float[dk];
        float[] d = new float[n];
        for (int t = first; t < first + tokens; t++) {
            Floats.read(gates.data(), gates.row(t), gate, 0, 3);
            Floats.read(k.data(), k.row(t), key, 0, dk);
            Floats.read(q.data(), q.row(t), query, 0, dk);
            Floats.read(v.data(), v.row(t) + from, d, 0, n);
            Floats.write(step(s, key, query, d, gate), 0, o.data(), o.row(t) + from, n);
        }
        for (int i = 0; i < copies; i++) {
            Floats.write(s, i * n, state, stateAt + (long) i * dv + from, s.length / copies);
        }
    }

    /** One token: moves {@code s} on and returns the outputs; {@code d} holds the values and is overwritten. */
    private static float[] step(float[] s, float[] k, float[] q, float[] d, float[] gate) {
        float[] p = new float[d.length];
        float[] out = new float[d.length];
        for (int i = 0; i < k.length; i++) {
            dots(s, i * d.length, k[i], q[i], p, out);
        }
        for (int c = 0; c < d.length; c++) {
            d[c] = gate[1] * (d[c] - gate[0] * p[c]);
            out[c] = Math.fma(gate[2], d[c], gate[0] * out[c]);
        }
        for (int i = 0; i < k.length; i++) {
            update(s, i * d.length, k[i], d, gate[0]);
        }
        return out;
    }

    private static void dots(float[] s, int at, float k, float q, float[] p, float[] q0) {
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.fma(s[at + c], k, p[c]);
            q0[c] = Math.fma(s[at + c], q, q0[c]);
        }
    }

    private static void update(float[] s, int at, float k, float[] d, float alpha) {
        for (int c = 0; c < d.length; c++) {
            s[at + c] = Math.fma(k, d[c], alpha * s[at + c]);
        }
    }

    @Override
    public float dot(F32 k, long kAt, F32 q, long qAt, int n) {
        float[] lanes = new float[Math.max(8, width)];
        return LaneSum.dot(Floats.of(k, kAt, n), 0, Floats.of(q, qAt, n), 0, n, width, lanes);
    }
}
