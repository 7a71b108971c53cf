package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.LANES;

import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;

/**
 * {@link DeltaRule} in strips of two vectors of columns, all tokens of the call over one strip. The update of one token
 * and the two dots of the next share a pass: a strip is read and written once a token, 4 vector operations an element,
 * with the operations and the order of the facade.
 */
public final class VectorDeltaRule implements DeltaRule {
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
            int to) {
        Objects.checkFromToIndex(from, to, dv);
        state.check(stateAt, (long) dk * dv);
        q.check(first, tokens, dk);
        k.check(first, tokens, dk);
        v.column(from).check(first, tokens, to - from);
        gates.check(first, tokens, 3);
        o.column(from).check(first, tokens, to - from);
        if (tokens == 0) {
            return;
        }
        long s = state.address() + 4 * stateAt;
        int c = from;
        for (; c <= to - 2 * LANES; c += 2 * LANES) {
            strip(s + 4L * c, 4L * dv, dk, c, q, k, v, gates, o, first, tokens);
        }
        for (; c < to; c++) {
            column(s + 4L * c, 4L * dv, dk, c, q, k, v, gates, o, first, tokens);
        }
    }

    /** Two vectors of columns from {@code c}, state at {@code s}, rows of it {@code row} bytes apart. */
    private static void strip(
            long s, long row, int dk, int c, Rows q, Rows k, Rows v, Rows gates, Rows o, int first, int tokens) {
        long kAt = address(k, first);
        long qAt = address(q, first);
        FloatVector p0 = Simd.zero();
        FloatVector p1 = Simd.zero();
        FloatVector q0 = Simd.zero();
        FloatVector q1 = Simd.zero();
        for (int i = 0; i < dk; i++) {
            FloatVector s0 = Simd.load(s + i * row);
            FloatVector s1 = Simd.load(s + i * row + BYTES);
            FloatVector ki = Simd.broadcast(kAt + 4L * i);
            FloatVector qi = Simd.broadcast(qAt + 4L * i);
            p0 = s0.fma(ki, p0);
            p1 = s1.fma(ki, p1);
            q0 = s0.fma(qi, q0);
            q1 = s1.fma(qi, q1);
        }
        for (int t = first; ; t++) {
            long gate = address(gates, t);
            float kq = Lanes.get(gate + 8);
            FloatVector alpha = Simd.broadcast(gate);
            FloatVector beta = Simd.broadcast(gate + 4);
            long value = address(v, t) + 4L * c;
            FloatVector d0 = Simd.load(value).sub(alpha.mul(p0)).mul(beta);
            FloatVector d1 = Simd.load(value + BYTES).sub(alpha.mul(p1)).mul(beta);
            long out = address(o, t) + 4L * c;
            Simd.store(d0.fma(FloatVector.broadcast(F, kq), alpha.mul(q0)), out);
            Simd.store(d1.fma(FloatVector.broadcast(F, kq), alpha.mul(q1)), out + BYTES);
            kAt = address(k, t);
            if (t == first + tokens - 1) {
                for (int i = 0; i < dk; i++) {
                    FloatVector ki = Simd.broadcast(kAt + 4L * i);
                    Simd.store(ki.fma(d0, alpha.mul(Simd.load(s + i * row))), s + i * row);
                    Simd.store(ki.fma(d1, alpha.mul(Simd.load(s + i * row + BYTES))), s + i * row + BYTES);
                }
                return;
            }
            long nextK = address(k, t + 1);
            long nextQ = address(q, t + 1);
            p0 = Simd.zero();
            p1 = Simd.zero();
            q0 = Simd.zero();
            q1 = Simd.zero();
            for (int i = 0; i < dk; i++) {
                FloatVector ki = Simd.broadcast(kAt + 4L * i);
                FloatVector s0 = ki.fma(d0, alpha.mul(Simd.load(s + i * row)));
                FloatVector s1 = ki.fma(d1, alpha.mul(Simd.load(s + i * row + BYTES)));
                Simd.store(s0, s + i * row);
                Simd.store(s1, s + i * row + BYTES);
                FloatVector kn = Simd.broadcast(nextK + 4L * i);
                FloatVector qn = Simd.broadcast(nextQ + 4L * i);
                p0 = s0.fma(kn, p0);
                p1 = s1.fma(kn, p1);
                q0 = s0.fma(qn, q0);
                q1 = s1.fma(qn, q1);
            }
        }
    }

    /** One column; what remains beside the strips. */
    private static void column(
            long s, long row, int dk, int c, Rows q, Rows k, Rows v, Rows gates, Rows o, int first, int tokens) {
        for (int t = first; t < first + tokens; t++) {
            long kAt = address(k, t);
            long qAt = address(q, t);
            float p = 0;
            float q0 = 0;
            for (int i = 0; i < dk; i++) {
                float value = Lanes.get(s + i * row);
                p = Math.fma(value, Lanes.get(kAt + 4L * i), p);
                q0 = Math.fma(value, Lanes.get(qAt + 4L * i), q0);
            }
            long gate = address(gates, t);
            float alpha = Lanes.get(gate);
            float d = Lanes.get(gate + 4) * (Lanes.get(address(v, t) + 4L * c) - alpha * p);
            for (int i = 0; i < dk; i++) {
                long at = s + i * row;
                Lanes.set(at, Math.fma(Lanes.get(kAt + 4L * i), d, alpha * Lanes.get(at)));
            }
            Lanes.set(address(o, t) + 4L * c, Math.fma(Lanes.get(gate + 8), d, alpha * q0));
        }
    }

    private static long address(Rows rows, int row) {
        return rows.data().address() + 4 * rows.row(row);
    }

    @Override
    public float dot(F32 k, long kAt, F32 q, long qAt, int n) {
        k.check(kAt, n);
        q.check(qAt, n);
        return Simd.dot(k.address() + 4 * kAt, q.address() + 4 * qAt, n);
    }
}
