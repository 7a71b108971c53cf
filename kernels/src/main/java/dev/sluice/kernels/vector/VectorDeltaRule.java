package dev.sluice.kernels.vector;

import static dev.sluice.kernels.vector.Lanes.BYTES;
import static dev.sluice.kernels.vector.Lanes.F;
import static dev.sluice.kernels.vector.Lanes.FLOAT;
import static dev.sluice.kernels.vector.Lanes.LANES;
import static dev.sluice.kernels.vector.Lanes.MEMORY;
import static dev.sluice.kernels.vector.Lanes.ORDER;

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
        v.check(first, tokens, from, to - from);
        gates.check(first, tokens, 3);
        o.check(first, tokens, from, to - from);
        if (tokens == 0) {
            return;
        }
        long s = state.address() + 4 * stateAt;
        Touch.rows(s + 4L * from, dk, 4L * dv, 4 * (to - from));
        int c = from;
        for (; c <= to - 2 * LANES; c += 2 * LANES) {
            strip(s + 4L * c, 4L * dv, dk, c, q, k, v, gates, o, first, tokens);
        }
        for (; c < to; c++) {
            column(s + 4L * c, 4L * dv, dk, c, q, k, v, gates, o, first, tokens);
        }
    }

    /** Two vectors of columns from {@code c}, state at {@code stateAt}, rows of it {@code row} bytes apart. */
    private static void strip(
            long stateAt, long row, int dk, int c, Rows q, Rows k, Rows v, Rows gates, Rows o, int first, int tokens) {
        long s = Lanes.address(stateAt);
        // all addresses are known before a vector lives: a call that C2 does not inline would box every one of them
        long kAt = address(k, first);
        long qAt = address(q, first);
        long gate = address(gates, first);
        long value = address(v, first) + 4L * c;
        long out = address(o, first) + 4L * c;
        long kPitch = 4L * k.stride();
        long qPitch = 4L * q.stride();
        long gatePitch = 4L * gates.stride();
        long valuePitch = 4L * v.stride();
        long outPitch = 4L * o.stride();
        FloatVector p0 = FloatVector.zero(F);
        FloatVector p1 = FloatVector.zero(F);
        FloatVector q0 = FloatVector.zero(F);
        FloatVector q1 = FloatVector.zero(F);
        for (int i = 0; i < dk; i++) {
            FloatVector s0 = FloatVector.fromMemorySegment(F, MEMORY, s + i * row, ORDER);
            FloatVector s1 = FloatVector.fromMemorySegment(F, MEMORY, s + i * row + BYTES, ORDER);
            FloatVector ki = FloatVector.broadcast(F, MEMORY.get(FLOAT, kAt + 4L * i));
            FloatVector qi = FloatVector.broadcast(F, MEMORY.get(FLOAT, qAt + 4L * i));
            p0 = s0.fma(ki, p0);
            p1 = s1.fma(ki, p1);
            q0 = s0.fma(qi, q0);
            q1 = s1.fma(qi, q1);
        }
        for (int left = tokens - 1; ; left--) {
            FloatVector alpha = FloatVector.broadcast(F, MEMORY.get(FLOAT, gate));
            FloatVector beta = FloatVector.broadcast(F, MEMORY.get(FLOAT, gate + 4));
            FloatVector kq = FloatVector.broadcast(F, MEMORY.get(FLOAT, gate + 8));
            FloatVector d0 = FloatVector.fromMemorySegment(F, MEMORY, value, ORDER)
                    .sub(alpha.mul(p0))
                    .mul(beta);
            FloatVector d1 = FloatVector.fromMemorySegment(F, MEMORY, value + BYTES, ORDER)
                    .sub(alpha.mul(p1))
                    .mul(beta);
            kq.fma(d0, alpha.mul(q0)).intoMemorySegment(MEMORY, out, ORDER);
            kq.fma(d1, alpha.mul(q1)).intoMemorySegment(MEMORY, out + BYTES, ORDER);
            if (left == 0) {
                for (int i = 0; i < dk; i++) {
                    FloatVector ki = FloatVector.broadcast(F, MEMORY.get(FLOAT, kAt + 4L * i));
                    FloatVector s0 = FloatVector.fromMemorySegment(F, MEMORY, s + i * row, ORDER);
                    FloatVector s1 = FloatVector.fromMemorySegment(F, MEMORY, s + i * row + BYTES, ORDER);
                    ki.fma(d0, alpha.mul(s0)).intoMemorySegment(MEMORY, s + i * row, ORDER);
                    ki.fma(d1, alpha.mul(s1)).intoMemorySegment(MEMORY, s + i * row + BYTES, ORDER);
                }
                return;
            }
            long nextK = (kAt + kPitch) & Lanes.ADDRESS;
            long nextQ = (qAt + qPitch) & Lanes.ADDRESS;
            p0 = FloatVector.zero(F);
            p1 = FloatVector.zero(F);
            q0 = FloatVector.zero(F);
            q1 = FloatVector.zero(F);
            for (int i = 0; i < dk; i++) {
                FloatVector ki = FloatVector.broadcast(F, MEMORY.get(FLOAT, kAt + 4L * i));
                FloatVector s0 = FloatVector.fromMemorySegment(F, MEMORY, s + i * row, ORDER);
                FloatVector s1 = FloatVector.fromMemorySegment(F, MEMORY, s + i * row + BYTES, ORDER);
                s0 = ki.fma(d0, alpha.mul(s0));
                s1 = ki.fma(d1, alpha.mul(s1));
                s0.intoMemorySegment(MEMORY, s + i * row, ORDER);
                s1.intoMemorySegment(MEMORY, s + i * row + BYTES, ORDER);
                FloatVector kn = FloatVector.broadcast(F, MEMORY.get(FLOAT, nextK + 4L * i));
                FloatVector qn = FloatVector.broadcast(F, MEMORY.get(FLOAT, nextQ + 4L * i));
                p0 = s0.fma(kn, p0);
                p1 = s1.fma(kn, p1);
                q0 = s0.fma(qn, q0);
                q1 = s1.fma(qn, q1);
            }
            kAt = nextK;
            qAt = nextQ;
            gate = (gate + gatePitch) & Lanes.ADDRESS;
            value = (value + valuePitch) & Lanes.ADDRESS;
            out = (out + outPitch) & Lanes.ADDRESS;
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
        return Lanes.address(rows.data().address() + 4 * rows.row(row));
    }

    @Override
    public float dot(F32 k, long kAt, F32 q, long qAt, int n) {
        k.check(kAt, n);
        q.check(qAt, n);
        return Sums.dot(k.address() + 4 * kAt, q.address() + 4 * qAt, n);
    }
}
