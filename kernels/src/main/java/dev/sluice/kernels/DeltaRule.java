package dev.sluice.kernels;

/**
 * The gated delta rule, recurrent form, one value head ({@code spec/model.md} §3.7). State {@code [dk, dv]} with lanes
 * along the value columns; columns are independent, so a head may be cut into strips of columns that stay in L1 while
 * all tokens pass. For every token, in this order and with these operations:
 *
 * <pre>
 *   p[c]  = sum_i S[i,c] * k[i]      (i ascending, fma from 0)   q0[c] = sum_i S[i,c] * q[i]   (the same)
 *   d[c]  = beta * (v[c] - alpha * p[c])
 *   S[i,c] = fma(k[i], d[c], alpha * S[i,c])
 *   o[c]  = fma(kq, d[c], alpha * q0[c])          alpha = exp(g), kq = k . q
 * </pre>
 */
public interface DeltaRule {
    /**
     * Runs {@code tokens} steps for columns {@code [from, to)} of one head.
     *
     * @param state {@code [dk, dv]} at {@code stateAt}, updated in place
     * @param q row {@code first + t}: {@code dk} floats, l2-normalised and scaled
     * @param k row {@code first + t}: {@code dk} floats, l2-normalised
     * @param v row {@code first + t}: {@code dv} floats
     * @param gates row {@code first + t}: alpha, beta, kq of this head as three consecutive floats
     * @param o row {@code first + t}: receives {@code dv} floats
     * @param scratch the calling thread's own, from {@link #scratch}
     */
    void run(
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
            F32 scratch);

    /** Floats of scratch for states of {@code dk} rows: a strip of 64 columns, and its sums. */
    static long scratch(int dk) {
        return 64L * (dk + 2);
    }

    /** {@code k . q}, in an order that depends on {@code n} only. */
    float dot(F32 k, long kAt, F32 q, long qAt, int n);
}
