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
 * {@link DeltaRule} in strips of four vectors of columns, all tokens of the call over one strip. The update of one token
 * and the two dots of the next share a pass: a strip is read and written once a token, 4 vector operations an element,
 * with the operations and the order of the facade.
 *
 * <p>Sums and deltas go through memory between the passes, so that each is a small method; the passes step by a pitch
 * that C2 does not know as a constant, because it would unroll a counted loop by eight and spill what it loaded first.
 */
public final class VectorDeltaRule implements DeltaRule {
    /** Columns of a strip. */
    private static final int COLUMNS = 4 * LANES;

    /**
     * Tokens from which a strip is worth packing: in the state, whose rows of 128 floats it takes half of, it would find
     * room in half the sets of L1 only. 64 tokens took 1.75 ns for 32 elements in place of 2.65, 5 tokens as long.
     */
    private static final int PACKED = 8;

    /**
     * From so many tokens on, what runs once a strip does without vectors of its own: it runs too seldom to be compiled by C2 in
     * a process that reads prompts only, and until then every vector is a box, 63 KB a token of 512 in three layers.
     */
    private static final int PROMPT = 64;

    /** Bytes of the sums: p and q0 of a strip; p makes room for the deltas. */
    private static final long Q_SUMS = 4L * BYTES;

    private static final long STRIP = 2 * Q_SUMS;

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
        state.check(stateAt, (long) dk * dv);
        q.check(first, tokens, dk);
        k.check(first, tokens, dk);
        v.check(first, tokens, from, to - from);
        gates.check(first, tokens, 3);
        o.check(first, tokens, from, to - from);
        scratch.check(0, DeltaRule.scratch(dk));
        if (tokens == 0) {
            return;
        }
        long s = state.address() + 4 * stateAt;
        long pitch = 4L * dv;
        long sums = scratch.address();
        int c = from;
        for (; c <= to - COLUMNS; c += COLUMNS) {
            if (tokens < PACKED) {
                strip(s + 4L * c, pitch, dk, c, q, k, v, gates, o, first, tokens, sums);
            } else if (tokens >= PROMPT) {
                DeltaStrips.copy(s + 4L * c, pitch, sums + STRIP, 4 * BYTES, dk);
                strip(sums + STRIP, 4 * BYTES, dk, c, q, k, v, gates, o, first, tokens, sums);
                DeltaStrips.copy(sums + STRIP, 4 * BYTES, s + 4L * c, pitch, dk);
            } else {
                DeltaStrips.move(s + 4L * c, pitch, sums + STRIP, 4 * BYTES, dk);
                strip(sums + STRIP, 4 * BYTES, dk, c, q, k, v, gates, o, first, tokens, sums);
                DeltaStrips.move(sums + STRIP, 4 * BYTES, s + 4L * c, pitch, dk);
            }
        }
        for (; c < to; c++) {
            column(s + 4L * c, pitch, dk, c, q, k, v, gates, o, first, tokens);
        }
    }

    /** All tokens over the strip at {@code s}, rows of it {@code pitch} bytes apart, the columns from {@code c} on. */
    private static void strip(
            long s,
            long pitch,
            int dk,
            int c,
            Rows q,
            Rows k,
            Rows v,
            Rows gates,
            Rows o,
            int first,
            int tokens,
            long sums) {
        if (tokens < PROMPT) {
            dots(s, pitch, dk, k.address(first), q.address(first), sums);
        } else {
            firstDots(s, pitch, dk, k.address(first), q.address(first), sums);
        }
        int last = first + tokens - 1;
        for (int t = first; t <= last; t++) {
            long gate = gates.address(t);
            deltas(gate, v.address(t) + 4L * c, o.address(t) + 4L * c, sums);
            if (t == last && tokens < PROMPT) {
                update(s, pitch, dk, gate, k.address(t), sums);
            } else {
                // the dots behind a prompt's last token are nobody's
                int next = Math.min(t + 1, last);
                step(s, pitch, dk, gate, k.address(t), k.address(next), q.address(next), sums);
            }
        }
    }

    /** {@link #dots} column by column, without vectors, in the same order: {@link #PROMPT} says why. */
    private static void firstDots(long s, long pitch, int dk, long k, long q, long sums) {
        for (int c = 0; c < COLUMNS; c++) {
            float p = 0;
            float q0 = 0;
            for (int i = 0; i < dk; i++) {
                float value = Lanes.get(s + i * pitch + 4L * c);
                p = Math.fma(value, Lanes.get(k + 4L * i), p);
                q0 = Math.fma(value, Lanes.get(q + 4L * i), q0);
            }
            Lanes.set(sums + 4L * c, p);
            Lanes.set(sums + Q_SUMS + 4L * c, q0);
        }
    }

    /** The dots of the columns with {@code k} and {@code q}. */
    private static void dots(long strip, long pitch, int dk, long kAt, long qAt, long sumsAt) {
        long k = Lanes.address(kAt);
        long query = Lanes.address(qAt);
        long sums = Lanes.address(sumsAt);
        long at = Lanes.address(strip);
        long end = at + dk * pitch;
        FloatVector p0 = FloatVector.zero(F);
        FloatVector p1 = FloatVector.zero(F);
        FloatVector p2 = FloatVector.zero(F);
        FloatVector p3 = FloatVector.zero(F);
        FloatVector q0 = FloatVector.zero(F);
        FloatVector q1 = FloatVector.zero(F);
        FloatVector q2 = FloatVector.zero(F);
        FloatVector q3 = FloatVector.zero(F);
        for (long i = 0; at < end; i = (i + 4) & Integer.MAX_VALUE) {
            FloatVector s0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER);
            FloatVector s1 = FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER);
            FloatVector s2 = FloatVector.fromMemorySegment(F, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector s3 = FloatVector.fromMemorySegment(F, MEMORY, at + 3 * BYTES, ORDER);
            FloatVector ki = FloatVector.broadcast(F, MEMORY.get(FLOAT, k + i));
            FloatVector qi = FloatVector.broadcast(F, MEMORY.get(FLOAT, query + i));
            p0 = s0.fma(ki, p0);
            p1 = s1.fma(ki, p1);
            p2 = s2.fma(ki, p2);
            p3 = s3.fma(ki, p3);
            q0 = s0.fma(qi, q0);
            q1 = s1.fma(qi, q1);
            q2 = s2.fma(qi, q2);
            q3 = s3.fma(qi, q3);
            at = (at + pitch) & Lanes.ADDRESS;
        }
        p0.intoMemorySegment(MEMORY, sums, ORDER);
        p1.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        p2.intoMemorySegment(MEMORY, sums + 2 * BYTES, ORDER);
        p3.intoMemorySegment(MEMORY, sums + 3 * BYTES, ORDER);
        q0.intoMemorySegment(MEMORY, sums + Q_SUMS, ORDER);
        q1.intoMemorySegment(MEMORY, sums + Q_SUMS + BYTES, ORDER);
        q2.intoMemorySegment(MEMORY, sums + Q_SUMS + 2 * BYTES, ORDER);
        q3.intoMemorySegment(MEMORY, sums + Q_SUMS + 3 * BYTES, ORDER);
    }

    /** From the dots with {@code k} the deltas, in their place, and with those of {@code q} the outputs. */
    private static void deltas(long gateAt, long valueAt, long outAt, long sumsAt) {
        long gate = Lanes.address(gateAt);
        long value = Lanes.address(valueAt);
        long out = Lanes.address(outAt);
        long sums = Lanes.address(sumsAt);
        FloatVector alpha = FloatVector.broadcast(F, MEMORY.get(FLOAT, gate));
        FloatVector beta = FloatVector.broadcast(F, MEMORY.get(FLOAT, gate + 4));
        FloatVector kq = FloatVector.broadcast(F, MEMORY.get(FLOAT, gate + 8));
        for (long i = 0; i < 4 * BYTES; i += BYTES) {
            FloatVector p = FloatVector.fromMemorySegment(F, MEMORY, sums + i, ORDER);
            FloatVector q0 = FloatVector.fromMemorySegment(F, MEMORY, sums + i + Q_SUMS, ORDER);
            FloatVector d = FloatVector.fromMemorySegment(F, MEMORY, value + i, ORDER)
                    .sub(alpha.mul(p))
                    .mul(beta);
            d.intoMemorySegment(MEMORY, sums + i, ORDER);
            kq.fma(d, alpha.mul(q0)).intoMemorySegment(MEMORY, out + i, ORDER);
        }
    }

    /** Moves the strip on by the deltas of one token and takes the dots of the next. */
    private static void step(
            long strip, long pitch, int dk, long gateAt, long kAt, long nextKAt, long nextQAt, long sumsAt) {
        long k = Lanes.address(kAt);
        long nextK = Lanes.address(nextKAt);
        long nextQ = Lanes.address(nextQAt);
        long sums = Lanes.address(sumsAt);
        long at = Lanes.address(strip);
        long end = at + dk * pitch;
        FloatVector alpha = FloatVector.broadcast(F, MEMORY.get(FLOAT, Lanes.address(gateAt)));
        FloatVector d0 = FloatVector.fromMemorySegment(F, MEMORY, sums, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(F, MEMORY, sums + BYTES, ORDER);
        FloatVector d2 = FloatVector.fromMemorySegment(F, MEMORY, sums + 2 * BYTES, ORDER);
        FloatVector d3 = FloatVector.fromMemorySegment(F, MEMORY, sums + 3 * BYTES, ORDER);
        FloatVector p0 = FloatVector.zero(F);
        FloatVector p1 = FloatVector.zero(F);
        FloatVector p2 = FloatVector.zero(F);
        FloatVector p3 = FloatVector.zero(F);
        FloatVector q0 = FloatVector.zero(F);
        FloatVector q1 = FloatVector.zero(F);
        FloatVector q2 = FloatVector.zero(F);
        FloatVector q3 = FloatVector.zero(F);
        for (long i = 0; at < end; i = (i + 4) & Integer.MAX_VALUE) {
            FloatVector ki = FloatVector.broadcast(F, MEMORY.get(FLOAT, k + i));
            FloatVector s0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER);
            FloatVector s1 = FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER);
            FloatVector s2 = FloatVector.fromMemorySegment(F, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector s3 = FloatVector.fromMemorySegment(F, MEMORY, at + 3 * BYTES, ORDER);
            s0 = ki.fma(d0, alpha.mul(s0));
            s1 = ki.fma(d1, alpha.mul(s1));
            s2 = ki.fma(d2, alpha.mul(s2));
            s3 = ki.fma(d3, alpha.mul(s3));
            s0.intoMemorySegment(MEMORY, at, ORDER);
            s1.intoMemorySegment(MEMORY, at + BYTES, ORDER);
            s2.intoMemorySegment(MEMORY, at + 2 * BYTES, ORDER);
            s3.intoMemorySegment(MEMORY, at + 3 * BYTES, ORDER);
            FloatVector kn = FloatVector.broadcast(F, MEMORY.get(FLOAT, nextK + i));
            FloatVector qn = FloatVector.broadcast(F, MEMORY.get(FLOAT, nextQ + i));
            p0 = s0.fma(kn, p0);
            p1 = s1.fma(kn, p1);
            p2 = s2.fma(kn, p2);
            p3 = s3.fma(kn, p3);
            q0 = s0.fma(qn, q0);
            q1 = s1.fma(qn, q1);
            q2 = s2.fma(qn, q2);
            q3 = s3.fma(qn, q3);
            at = (at + pitch) & Lanes.ADDRESS;
        }
        p0.intoMemorySegment(MEMORY, sums, ORDER);
        p1.intoMemorySegment(MEMORY, sums + BYTES, ORDER);
        p2.intoMemorySegment(MEMORY, sums + 2 * BYTES, ORDER);
        p3.intoMemorySegment(MEMORY, sums + 3 * BYTES, ORDER);
        q0.intoMemorySegment(MEMORY, sums + Q_SUMS, ORDER);
        q1.intoMemorySegment(MEMORY, sums + Q_SUMS + BYTES, ORDER);
        q2.intoMemorySegment(MEMORY, sums + Q_SUMS + 2 * BYTES, ORDER);
        q3.intoMemorySegment(MEMORY, sums + Q_SUMS + 3 * BYTES, ORDER);
    }

    /** Moves the strip on by the deltas of the last token. */
    private static void update(long strip, long pitch, int dk, long gateAt, long kAt, long sumsAt) {
        long k = Lanes.address(kAt);
        long sums = Lanes.address(sumsAt);
        long at = Lanes.address(strip);
        long end = at + dk * pitch;
        FloatVector alpha = FloatVector.broadcast(F, MEMORY.get(FLOAT, Lanes.address(gateAt)));
        FloatVector d0 = FloatVector.fromMemorySegment(F, MEMORY, sums, ORDER);
        FloatVector d1 = FloatVector.fromMemorySegment(F, MEMORY, sums + BYTES, ORDER);
        FloatVector d2 = FloatVector.fromMemorySegment(F, MEMORY, sums + 2 * BYTES, ORDER);
        FloatVector d3 = FloatVector.fromMemorySegment(F, MEMORY, sums + 3 * BYTES, ORDER);
        for (long i = 0; at < end; i = (i + 4) & Integer.MAX_VALUE) {
            FloatVector ki = FloatVector.broadcast(F, MEMORY.get(FLOAT, k + i));
            FloatVector s0 = FloatVector.fromMemorySegment(F, MEMORY, at, ORDER);
            FloatVector s1 = FloatVector.fromMemorySegment(F, MEMORY, at + BYTES, ORDER);
            FloatVector s2 = FloatVector.fromMemorySegment(F, MEMORY, at + 2 * BYTES, ORDER);
            FloatVector s3 = FloatVector.fromMemorySegment(F, MEMORY, at + 3 * BYTES, ORDER);
            s0 = ki.fma(d0, alpha.mul(s0));
            s1 = ki.fma(d1, alpha.mul(s1));
            s2 = ki.fma(d2, alpha.mul(s2));
            s3 = ki.fma(d3, alpha.mul(s3));
            s0.intoMemorySegment(MEMORY, at, ORDER);
            s1.intoMemorySegment(MEMORY, at + BYTES, ORDER);
            s2.intoMemorySegment(MEMORY, at + 2 * BYTES, ORDER);
            s3.intoMemorySegment(MEMORY, at + 3 * BYTES, ORDER);
            at = (at + pitch) & Lanes.ADDRESS;
        }
    }

    /** One column; what remains beside the strips. */
    private static void column(
            long s, long row, int dk, int c, Rows q, Rows k, Rows v, Rows gates, Rows o, int first, int tokens) {
        for (int t = first; t < first + tokens; t++) {
            long kAt = k.address(t);
            long qAt = q.address(t);
            float p = 0;
            float q0 = 0;
            for (int i = 0; i < dk; i++) {
                float value = Lanes.get(s + i * row);
                p = Math.fma(value, Lanes.get(kAt + 4L * i), p);
                q0 = Math.fma(value, Lanes.get(qAt + 4L * i), q0);
            }
            long gate = gates.address(t);
            float alpha = Lanes.get(gate);
            float d = Lanes.get(gate + 4) * (Lanes.get(v.address(t) + 4L * c) - alpha * p);
            for (int i = 0; i < dk; i++) {
                long at = s + i * row;
                Lanes.set(at, Math.fma(Lanes.get(kAt + 4L * i), d, alpha * Lanes.get(at)));
            }
            Lanes.set(o.address(t) + 4L * c, Math.fma(Lanes.get(gate + 8), d, alpha * q0));
        }
    }

    @Override
    public float dot(F32 k, long kAt, F32 q, long qAt, int n) {
        k.check(kAt, n);
        q.check(qAt, n);
        return Sums.dot(k.address() + 4 * kAt, q.address() + 4 * qAt, n);
    }
}
