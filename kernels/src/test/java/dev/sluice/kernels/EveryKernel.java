package dev.sluice.kernels;

import dev.sluice.kernels.vector.MatrixSamples;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Calls of every kernel on seeded operands of awkward sizes: two tiers with the same bits leave the same numbers. */
public final class EveryKernel {
    private static final int[] SIZES = {1, 3, 13, 16, 31, 32, 72, 207, 256};

    private final Kernels kernels;
    private final Arena arena;
    private final long seed;
    private final Map<String, float[]> results = new LinkedHashMap<>();

    private EveryKernel(Kernels kernels, Arena arena, long seed) {
        this.kernels = kernels;
        this.arena = arena;
        this.seed = seed;
    }

    /** What each call wrote, by its name. */
    public static Map<String, float[]> run(Kernels kernels, long seed) {
        try (Arena arena = Arena.ofConfined()) {
            EveryKernel all = new EveryKernel(kernels, arena, seed);
            all.products();
            for (int n : SIZES) {
                all.norms(n);
                all.elements(n);
                all.rope(n);
                all.router(n);
                all.conv(n);
                all.delta(n);
                all.attention(n, Dtype.F32);
                all.attention(n, Dtype.BF16);
            }
            return all.results;
        }
    }

    private F32 random(int salt, long n) {
        return Data.random(arena, seed * 1000 + salt, (int) n);
    }

    private void keep(String name, F32... written) {
        for (int i = 0; i < written.length; i++) {
            results.put(name + " " + i, Data.floats(written[i]));
        }
    }

    private void products() {
        for (MatrixSamples.Form form : MatrixSamples.FORMS) {
            for (int cols : new int[] {1, 13, 32, 64, 207, 256, 640}) {
                for (int tokens : new int[] {1, 3, 7}) {
                    if (form.fits(cols)) {
                        product(form, 37, cols, tokens);
                    }
                }
            }
        }
    }

    private void product(MatrixSamples.Form form, int rows, int cols, int tokens) {
        Matrix w = MatrixSamples.random(arena, form, rows, cols, 3, new Random(seed + cols));
        Rows x = new Rows(random(cols + tokens, (long) tokens * (cols + 5)), 2, cols + 3);
        Rows y = Rows.of(F32.allocate(arena, (long) tokens * rows), rows);
        F32 scratch = F32.allocate(arena, MatMul.scratch(cols));
        kernels.matMul().multiply(w, x, 0, y, 0, tokens, 1, rows, scratch);
        F32 row = F32.allocate(arena, cols);
        kernels.matMul().row(w, rows / 2, row, 0);
        keep(form + " of " + cols + " columns, " + tokens + " tokens", y.data(), row);
    }

    private void norms(int n) {
        F32 x = random(1, n);
        F32 w = random(2, n);
        F32 z = random(3, n);
        F32 y = F32.allocate(arena, n);
        F32 gated = F32.allocate(arena, n);
        F32 l2 = Data.copy(arena, x);
        kernels.norms().rms(x, 0, w, y, 0, n, 1e-6f);
        kernels.norms().gatedRms(x, 0, w, z, 0, gated, 0, n, 1e-6f);
        kernels.norms().l2(l2, 0, n, 0.125f);
        keep("norms of " + n, y, gated, l2);
    }

    private void elements(int n) {
        F32 x = random(4, n);
        x.set(0, 95);
        x.set(n / 2, -95);
        F32 sum = random(5, n);
        F32 scaled = random(6, n);
        F32 silu = F32.allocate(arena, n);
        F32 gated = random(7, n);
        F32 single = F32.allocate(arena, 3);
        kernels.activations().add(sum, 0, x, 0, n);
        kernels.activations().addScaled(scaled, 0, x, 0, 0.3f, n);
        kernels.activations().swiglu(x, 0, sum, 0, silu, 0, n);
        kernels.activations().sigmoidGate(gated, 0, x, 0, n);
        F32 maxima = F32.allocate(arena, Activations.blocks(n));
        kernels.activations().maxima(gated, 0, n, maxima, 0);
        single.set(0, kernels.activations().sigmoid(sum.get(n - 1)));
        single.set(1, kernels.activations().softplus(sum.get(n - 1)));
        single.set(2, kernels.activations().exp(sum.get(n - 1)));
        keep("elements, " + n, sum, scaled, silu, gated, maxima, single);
    }

    private void rope(int half) {
        F32 x = random(8, 2L * half);
        kernels.rope().rotate(x, 0, random(9, 2L * half), 0, half);
        keep("rope of " + half, x);
    }

    private void router(int experts) {
        F32 logits = random(10, experts);
        int chosen = Math.min(3, experts);
        int[] indices = new int[chosen];
        float[] weights = new float[chosen];
        kernels.router().choose(logits, 0, experts, chosen, true, indices, weights, 0);
        F32 numbers = F32.copyOf(arena, weights);
        for (int i = 0; i < chosen; i++) {
            numbers.set(i, numbers.get(i) + indices[i]);
        }
        keep("router of " + experts, logits, numbers);
    }

    private void conv(int channels) {
        int total = channels + 3;
        Rows x = Rows.of(random(11, 9L * total), total);
        Rows y = Rows.of(F32.allocate(arena, 9L * total), total);
        F32 state = random(12, 3L * total + 1);
        CausalConv.Channels columns = new CausalConv.Channels(2, channels, total, 4);
        kernels.causalConv().run(x, 0, 1, y, 0, 2, 9, random(13, 4L * total), state, 1, columns);
        keep("convolution of " + channels, y.data(), state);
    }

    private void delta(int dv) {
        int dk = 24;
        F32 state = random(14, (long) dk * dv);
        Rows o = Rows.of(F32.allocate(arena, 6L * dv), dv);
        Rows q = Rows.of(random(15, 6L * dk), dk);
        Rows k = Rows.of(random(16, 6L * dk), dk);
        Rows v = Rows.of(random(17, 6L * dv), dv);
        kernels.deltaRule()
                .run(
                        state,
                        0,
                        dk,
                        dv,
                        q,
                        k,
                        v,
                        Rows.of(random(18, 18), 3),
                        o,
                        1,
                        5,
                        dv / 3,
                        dv,
                        F32.allocate(arena, DeltaRule.scratch(dk)));
        F32 dot = F32.allocate(arena, 1);
        dot.set(0, kernels.deltaRule().dot(v.data(), 0, v.data(), dv, dv));
        keep("delta rule of " + dv, state, o.data(), dot);
    }

    private void attention(int dim, Dtype type) {
        int tokens = 70;
        KvPages kv = new KvPages(arena, type, 2, dim);
        kv.extendTo(tokens);
        F32 k = random(19, (long) tokens * dim);
        F32 v = random(20, (long) tokens * dim);
        for (int t = 0; t < tokens; t++) {
            kernels.attention().store(kv, 1, t, k, (long) t * dim, v, (long) t * dim);
        }
        int heads = 3;
        Rows q = Rows.of(random(21, (long) tokens * heads * dim), heads * dim);
        Rows o = Rows.of(F32.allocate(arena, (long) tokens * heads * dim), heads * dim);
        F32 scratch = F32.allocate(arena, Attention.scratch(dim));
        kernels.attention().attend(kv, 1, q, dim, o, 58, 12, 1, 2, 58, 0.2f, scratch);
        keep("attention of " + dim + " in " + type, o.data());
    }
}
