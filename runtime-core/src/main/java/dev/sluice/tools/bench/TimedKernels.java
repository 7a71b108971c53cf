package dev.sluice.tools.bench;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Attention;
import dev.sluice.kernels.CausalConv;
import dev.sluice.kernels.DeltaRule;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.KvPages;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;
import dev.sluice.kernels.Rows;

/**
 * Kernels with a clock before and behind each call. Only a profile run uses them: two looks at the clock cost about 50 ns,
 * as much as a small norm.
 */
final class TimedKernels implements Kernels {
    private final Kernels kernels;
    private final KernelTimes times;

    TimedKernels(Kernels kernels, KernelTimes times) {
        this.kernels = kernels;
        this.times = times;
    }

    @Override
    public String name() {
        return kernels.name();
    }

    @Override
    public MatMul matMul() {
        return timed(kernels.matMul());
    }

    @Override
    public MatMul exactMatMul() {
        return timed(kernels.exactMatMul());
    }

    private MatMul timed(MatMul matMul) {
        return new MatMul() {
            @Override
            public void multiply(
                    Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 scratch) {
                long start = System.nanoTime();
                matMul.multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch);
                times.add(KernelTimes.Kind.MATMUL, start);
            }

            @Override
            public void multiply(
                    Matrix w,
                    Rows x,
                    int xFirst,
                    Rows y,
                    int yFirst,
                    int tokens,
                    int from,
                    int to,
                    F32 scratch,
                    long vectors) {
                long start = System.nanoTime();
                matMul.multiply(w, x, xFirst, y, yFirst, tokens, from, to, scratch, vectors);
                times.add(KernelTimes.Kind.MATMUL, start);
            }

            @Override
            public void expect(Matrix w, int from, int to, F32 scratch) {
                matMul.expect(w, from, to, scratch);
            }

            @Override
            public void row(Matrix w, int row, F32 y, long at) {
                long start = System.nanoTime();
                matMul.row(w, row, y, at);
                times.add(KernelTimes.Kind.MATMUL, start);
            }
        };
    }

    @Override
    public DeltaRule deltaRule() {
        DeltaRule rule = kernels.deltaRule();
        return new DeltaRule() {
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
                long start = System.nanoTime();
                rule.run(state, stateAt, dk, dv, q, k, v, gates, o, first, tokens, from, to, scratch);
                times.add(KernelTimes.Kind.DELTA_RULE, start);
            }

            @Override
            public float dot(F32 k, long kAt, F32 q, long qAt, int n) {
                long start = System.nanoTime();
                float dot = rule.dot(k, kAt, q, qAt, n);
                times.add(KernelTimes.Kind.DELTA_RULE, start);
                return dot;
            }
        };
    }

    @Override
    public CausalConv causalConv() {
        CausalConv conv = kernels.causalConv();
        return (x, xFirst, xColumn, y, yFirst, yColumn, tokens, weights, state, stateAt, columns) -> {
            long start = System.nanoTime();
            conv.run(x, xFirst, xColumn, y, yFirst, yColumn, tokens, weights, state, stateAt, columns);
            times.add(KernelTimes.Kind.CONVOLUTION, start);
        };
    }

    @Override
    public Attention attention() {
        Attention attention = kernels.attention();
        return new Attention() {
            @Override
            public void store(KvPages kv, int kvHead, int position, F32 k, long kAt, F32 v, long vAt) {
                long start = System.nanoTime();
                attention.store(kv, kvHead, position, k, kAt, v, vAt);
                times.add(KernelTimes.Kind.ATTENTION, start);
            }

            @Override
            public void attend(
                    KvPages kv,
                    int kvHead,
                    Rows q,
                    int qHeadStride,
                    Rows o,
                    int first,
                    int tokens,
                    int headFrom,
                    int heads,
                    int position,
                    float scale,
                    F32 scratch) {
                long start = System.nanoTime();
                attention.attend(
                        kv, kvHead, q, qHeadStride, o, first, tokens, headFrom, heads, position, scale, scratch);
                times.add(KernelTimes.Kind.ATTENTION, start);
            }
        };
    }

    @Override
    public Router router() {
        Router router = kernels.router();
        return (logits, at, experts, topK, renormalise, indices, weights, outAt) -> {
            long start = System.nanoTime();
            router.choose(logits, at, experts, topK, renormalise, indices, weights, outAt);
            times.add(KernelTimes.Kind.ROUTER, start);
        };
    }

    @Override
    public Norms norms() {
        Norms norms = kernels.norms();
        return new Norms() {
            @Override
            public void rms(F32 x, long xAt, F32 w, F32 y, long yAt, int n, float eps) {
                long start = System.nanoTime();
                norms.rms(x, xAt, w, y, yAt, n, eps);
                times.add(KernelTimes.Kind.NORMS, start);
            }

            @Override
            public void gatedRms(F32 x, long xAt, F32 w, F32 z, long zAt, F32 y, long yAt, int n, float eps) {
                long start = System.nanoTime();
                norms.gatedRms(x, xAt, w, z, zAt, y, yAt, n, eps);
                times.add(KernelTimes.Kind.NORMS, start);
            }

            @Override
            public void l2(F32 x, long xAt, int n, float scale) {
                long start = System.nanoTime();
                norms.l2(x, xAt, n, scale);
                times.add(KernelTimes.Kind.NORMS, start);
            }
        };
    }

    /** Untimed, they count as the rest of a region: single numbers, and sums of rows. */
    @Override
    public Activations activations() {
        return kernels.activations();
    }

    @Override
    public Rope rope() {
        return kernels.rope();
    }
}
