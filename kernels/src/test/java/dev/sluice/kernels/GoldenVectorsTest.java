package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The numbers of {@code spec/model.md} §3.14, computed in f64 by another program; kernels composed as in §3. */
class GoldenVectorsTest {
    /** f32 rounding of inputs, state and sums; the printed numbers have 8 decimals. */
    private static final double TOLERANCE = 1.5e-6;

    private static final float EPS = 1e-6f;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void deltaRule(Kernels kernels) {
        Rows q = Rows.of(sines(24, 1, 1), 4);
        Rows k = Rows.of(sines(24, 2, 1), 4);
        for (int t = 0; t < 6; t++) {
            kernels.norms().l2(q.data(), q.row(t), 4, 0.5f);
            kernels.norms().l2(k.data(), k.row(t), 4, 1);
        }
        F32 beta = sines(6, 4, 1);
        F32 decay = sines(6, 5, 1);
        Rows gates = Rows.of(F32.allocate(arena, 18), 3);
        for (int t = 0; t < 6; t++) {
            gate(kernels, gates, t, -Math.abs(decay.get(t)), beta.get(t), q, k, 4);
        }
        F32 state = sines(12, 6, 0.5);
        Rows o = Rows.of(F32.allocate(arena, 18), 3);
        kernels.deltaRule()
                .run(
                        state,
                        0,
                        4,
                        3,
                        q,
                        k,
                        Rows.of(sines(18, 3, 1), 3),
                        gates,
                        o,
                        0,
                        6,
                        0,
                        3,
                        F32.allocate(arena, DeltaRule.scratch(4)));
        assertRow(
                o.data(),
                0,
                -0.10170541,
                -0.08478484,
                -0.02798863,
                0.03573487,
                0.06792868,
                0.06817457,
                0.06630836,
                0.03724605,
                -0.00933367,
                -0.07635479,
                -0.13201625,
                -0.12558841,
                0.00115599,
                0.08267407,
                0.12530924,
                0.05852766,
                -0.00217577,
                -0.06185590);
        assertRow(
                state,
                0,
                -0.04026026,
                0.19957322,
                0.34554429,
                -0.08174319,
                0.06623811,
                0.18306659,
                -0.06800085,
                -0.08437930,
                -0.06107286,
                -0.02935944,
                -0.21058359,
                -0.29276699);
    }

    private void gate(Kernels kernels, Rows gates, int t, float g, float b, Rows q, Rows k, int dk) {
        long at = gates.row(t);
        gates.data().set(at, kernels.activations().exp(g));
        gates.data().set(at + 1, kernels.activations().sigmoid(b));
        gates.data().set(at + 2, kernels.deltaRule().dot(k.data(), k.row(t), q.data(), q.row(t), dk));
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void deltaNetLayer(Kernels kernels) {
        DeltaNet layer = new DeltaNet(kernels);
        Rows out = Rows.of(F32.allocate(arena, 30), 6);
        layer.forward(out, 0, 5);
        layer.assertInner();
        assertLayer(out, layer);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void deltaNetLayerFedInTwoPieces(Kernels kernels) {
        DeltaNet layer = new DeltaNet(kernels);
        Rows out = Rows.of(F32.allocate(arena, 30), 6);
        layer.forward(out, 0, 3);
        layer.forward(out, 3, 2);
        assertLayer(out, layer);
    }

    private void assertLayer(Rows out, DeltaNet layer) {
        assertRow(
                out.data(),
                0,
                -1.23202740,
                -1.10636549,
                0.78283225,
                1.42420300,
                -0.20459198,
                -1.50726933,
                -0.47761228,
                0.26318601,
                0.58446837,
                -0.02588617,
                -0.59497840,
                -0.21568085,
                1.78619253,
                0.45610055,
                -1.60101127,
                -1.10612670,
                1.15191307,
                1.57381461,
                -1.07294171,
                -0.73555704,
                0.77429840,
                1.04992972,
                -0.34801672,
                -1.19122789,
                2.14548948,
                3.22980010,
                -0.83415923,
                -3.56847686,
                -0.61467709,
                3.31891198);
        double[][] conv = {
            {1.63133493, 0.27972216, -1.90560856},
            {-2.00754415, 1.08779167, 0.94094088},
            {0.33710557, -1.34632544, 0.98299567},
            {1.67700485, 0.23230956, -1.90478940}
        };
        for (int row = 0; row < 3; row++) {
            assertRow(layer.convState, 32L * row, conv[0][row], conv[1][row], conv[2][row], conv[3][row]);
        }
        assertRow(
                layer.state,
                48,
                -0.20452901,
                -0.04351413,
                0.11283757,
                0.11694850,
                -0.26510889,
                -0.06730988,
                0.13451268,
                0.15384800,
                -0.12191613,
                -0.04096718,
                0.05515747,
                0.07251241,
                0.09073769,
                0.02376866,
                -0.04651846,
                -0.05286433);
    }

    /** G2: 2 key heads, 4 value heads, all head sizes 4, separate projections. */
    private final class DeltaNet {
        private static final int CHANNELS = 32;

        private final Kernels kernels;
        private final Rows x = Rows.of(sines(30, 11, 1), 6);
        private final Rows mixed = Rows.of(F32.allocate(arena, 5 * CHANNELS), CHANNELS);
        private final Rows filtered = Rows.of(F32.allocate(arena, 5 * CHANNELS), CHANNELS);
        private final Rows z = Rows.of(F32.allocate(arena, 80), 16);
        private final Rows b = Rows.of(F32.allocate(arena, 20), 4);
        private final Rows a = Rows.of(F32.allocate(arena, 20), 4);
        private final Rows o = Rows.of(F32.allocate(arena, 80), 16);
        private final Rows normed = Rows.of(F32.allocate(arena, 80), 16);
        private final Rows gates = Rows.of(F32.allocate(arena, 60), 12);
        private final F32 logDecay = F32.allocate(arena, 20);
        private final F32 taps = F32.allocate(arena, 4 * CHANNELS);
        private final F32 convState = F32.allocate(arena, 3 * CHANNELS);
        private final F32 state = F32.allocate(arena, 64);

        DeltaNet(Kernels kernels) {
            this.kernels = kernels;
            F32 conv = sines(128, 16, 0.8);
            for (int c = 0; c < CHANNELS; c++) {
                for (int j = 0; j < 4; j++) {
                    taps.set((long) j * CHANNELS + c, conv.get(4L * c + j));
                }
            }
        }

        void forward(Rows out, int first, int tokens) {
            multiply(kernels, sines(192, 12, 0.6), 32, 6, x, mixed, first, tokens);
            multiply(kernels, sines(96, 13, 0.6), 16, 6, x, z, first, tokens);
            multiply(kernels, sines(24, 14, 0.6), 4, 6, x, b, first, tokens);
            multiply(kernels, sines(24, 15, 0.6), 4, 6, x, a, first, tokens);
            CausalConv.Channels all = new CausalConv.Channels(0, CHANNELS, CHANNELS, 4);
            kernels.causalConv().run(mixed, first, 0, filtered, first, 0, tokens, taps, convState, 0, all);
            if (first + tokens == 5) {
                assertRow(
                        filtered.data(),
                        filtered.row(4),
                        0.17720286,
                        0.54437838,
                        0.28966046,
                        -0.16006604,
                        -0.24283680,
                        -0.13893229,
                        0.05184821,
                        0.00235629);
            }
            for (int t = first; t < first + tokens; t++) {
                for (int head = 0; head < 2; head++) {
                    kernels.norms().l2(filtered.data(), filtered.row(t) + 4L * head, 4, 0.5f);
                    kernels.norms().l2(filtered.data(), filtered.row(t) + 8 + 4L * head, 4, 1);
                }
            }
            for (int head = 0; head < 4; head++) {
                heads(head, first, tokens);
            }
            multiply(kernels, sines(96, 20, 0.4), 6, 16, normed, out, first, tokens);
        }

        private void heads(int head, int first, int tokens) {
            Rows q = filtered.column(4 * (head / 2));
            Rows k = filtered.column(8 + 4 * (head / 2));
            Activations f = kernels.activations();
            for (int t = first; t < first + tokens; t++) {
                float step = f.softplus(
                        a.data().get(a.row(t) + head) + sines(4, 18, 0.5).get(head));
                float g = -(float) Math.exp(sines(4, 17, 1).get(head)) * step;
                logDecay.set(4L * t + head, g);
                gate(kernels, gates.column(3 * head), t, g, b.data().get(b.row(t) + head), q, k, 4);
            }
            Rows v = filtered.column(16 + 4 * head);
            Rows out = o.column(4 * head);
            kernels.deltaRule()
                    .run(
                            state,
                            16L * head,
                            4,
                            4,
                            q,
                            k,
                            v,
                            gates.column(3 * head),
                            out,
                            first,
                            tokens,
                            0,
                            4,
                            F32.allocate(arena, DeltaRule.scratch(4)));
            F32 w = sines(4, 19, 0.3);
            for (int i = 0; i < 4; i++) {
                w.set(i, 1 + w.get(i));
            }
            for (int t = first; t < first + tokens; t++) {
                long at = out.row(t);
                kernels.norms().gatedRms(o.data(), at, w, z.data(), at, normed.data(), at, 4, EPS);
            }
        }

        void assertInner() {
            for (int head = 0; head < 4; head++) {
                double[] first = {0.28515429, 0.37201454, 0.80727839, 0.29298374};
                double[] last = {0.83602360, 0.15969124, 0.49981213, 0.84040761};
                assertRow(gates.data(), gates.row(0) + 3L * head + 1, first[head]);
                assertRow(gates.data(), gates.row(4) + 3L * head + 1, last[head]);
            }
            assertRow(logDecay, 0, -0.39709274, -0.07929072, -0.68318989, -1.69901598);
            assertRow(logDecay, 16, -0.55280390, -0.35468574, -0.10880436, -2.11969347);
            assertRow(
                    o.data(),
                    o.row(4),
                    -0.01072727,
                    -0.00290847,
                    0.12748801,
                    0.16665249,
                    -0.03034535,
                    -0.09107995,
                    -0.02068914,
                    0.02577465,
                    0.07068451,
                    0.02734043,
                    0.01511049,
                    0.10158218,
                    0.14126345,
                    0.03136619,
                    -0.07615464,
                    -0.08107425);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void gatedAttentionLayer(Kernels kernels) {
        Rows x = Rows.of(sines(24, 31, 1), 6);
        Rows q = Rows.of(F32.allocate(arena, 256), 64);
        Rows k = Rows.of(F32.allocate(arena, 64), 16);
        Rows v = Rows.of(F32.allocate(arena, 64), 16);
        Rows o = Rows.of(F32.allocate(arena, 128), 32);
        Rows out = Rows.of(F32.allocate(arena, 24), 6);
        multiply(kernels, sines(384, 32, 0.5), 64, 6, x, q, 0, 4);
        multiply(kernels, sines(96, 33, 0.5), 16, 6, x, k, 0, 4);
        multiply(kernels, sines(96, 34, 0.5), 16, 6, x, v, 0, 4);
        KvPages kv = new KvPages(arena, Dtype.F32, 2, 8);
        kv.extendTo(4);
        for (int t = 0; t < 4; t++) {
            for (int head = 0; head < 4; head++) {
                normAndRotate(kernels, q, t, 16 * head, sines(8, 36, 0.3));
            }
            for (int head = 0; head < 2; head++) {
                normAndRotate(kernels, k, t, 8 * head, sines(8, 37, 0.3));
                long at = k.row(t) + 8L * head;
                kernels.attention().store(kv, head, t, k.data(), at, v.data(), at);
            }
        }
        assertRow(
                q.data(),
                q.row(3) + 16,
                -0.74128283,
                -0.96155394,
                -0.22065912,
                0.77461283,
                -1.45010838,
                0.49663481,
                1.20910599,
                -1.56482642);
        F32 scratch = F32.allocate(arena, Attention.scratch(16));
        float scale = (float) (1 / Math.sqrt(8));
        for (int head = 0; head < 2; head++) {
            kernels.attention().attend(kv, head, q, 16, o, 0, 4, 2 * head, 2, 0, scale, scratch);
        }
        for (int t = 0; t < 4; t++) {
            for (int head = 0; head < 4; head++) {
                long gate = q.row(t) + 16L * head + 8;
                kernels.activations().sigmoidGate(o.data(), o.row(t) + 8L * head, q.data(), gate, 8);
            }
        }
        multiply(kernels, sines(192, 35, 0.3), 6, 32, o, out, 0, 4);
        assertRow(
                out.data(),
                0,
                -0.36625355,
                0.29731442,
                -0.17936482,
                0.03184803,
                0.12091872,
                -0.25375275,
                -0.41424179,
                0.39472968,
                -0.31014879,
                0.17444177,
                -0.00997908,
                -0.15612859,
                -0.05402197,
                0.06019440,
                -0.05644414,
                0.04338942,
                -0.02318221,
                -0.00084644,
                0.01840232,
                0.01064410,
                -0.03793591,
                0.05897422,
                -0.07029099,
                0.07002071);
    }

    /** Zero-centred norm, then rotary embedding of the first 4 of 8 components, theta 10000. */
    private void normAndRotate(Kernels kernels, Rows x, int t, int column, F32 weight) {
        for (int i = 0; i < 8; i++) {
            weight.set(i, 1 + weight.get(i));
        }
        long at = x.row(t) + column;
        kernels.norms().rms(x.data(), at, weight, x.data(), at, 8, EPS);
        F32 table = F32.copyOf(arena, (float) Math.cos(t), (float) Math.cos(t / 100.0), (float) Math.sin(t), (float)
                Math.sin(t / 100.0));
        kernels.rope().rotate(x.data(), at, table, 0, 2);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void mixtureOfExperts(Kernels kernels) {
        Rows x = Rows.of(sines(10, 41, 1), 5);
        Rows logits = Rows.of(F32.allocate(arena, 12), 6);
        multiply(kernels, sines(30, 42, 1), 6, 5, x, logits, 0, 2);
        int[] experts = new int[4];
        float[] weights = new float[4];
        kernels.router().choose(logits.data(), logits.row(0), 6, 2, true, experts, weights, 0);
        kernels.router().choose(logits.data(), logits.row(1), 6, 2, true, experts, weights, 2);
        assertThat(experts).containsExactly(5, 3, 4, 1);
        double[] expected = {0.70270533, 0.29729467, 0.69554234, 0.30445766};
        for (int i = 0; i < 4; i++) {
            assertThat(weights[i]).isCloseTo((float) expected[i], within((float) TOLERANCE));
        }
        Rows out = Rows.of(F32.allocate(arena, 10), 5);
        for (int i = 0; i < 4; i++) {
            F32 gateUp = sines(180, 43, 0.7).slice(30L * experts[i], 30);
            F32 down = sines(90, 44, 0.7).slice(15L * experts[i], 15);
            expert(kernels, x, i / 2, gateUp.slice(0, 15), gateUp.slice(15, 15), down, 3, out, weights[i]);
        }
        for (int t = 0; t < 2; t++) {
            Rows gate = Rows.of(F32.allocate(arena, 2), 1);
            multiply(kernels, sines(5, 48, 1), 1, 5, x, gate, t, 1);
            float weight = kernels.activations().sigmoid(gate.data().get(t));
            expert(kernels, x, t, sines(20, 45, 0.7), sines(20, 46, 0.7), sines(20, 47, 0.7), 4, out, weight);
        }
        assertRow(
                out.data(),
                0,
                -0.56340783,
                0.48762341,
                0.06131916,
                -0.49627683,
                0.34914117,
                0.75313473,
                -0.51306010,
                0.42650116,
                -0.14511247,
                -0.51280318);
    }

    private void expert(Kernels kernels, Rows x, int t, F32 gate, F32 up, F32 down, int width, Rows out, float weight) {
        Rows gated = Rows.of(F32.allocate(arena, 2L * width), width);
        Rows upped = Rows.of(F32.allocate(arena, 2L * width), width);
        Rows y = Rows.of(F32.allocate(arena, 10), 5);
        multiply(kernels, gate, width, 5, x, gated, t, 1);
        multiply(kernels, up, width, 5, x, upped, t, 1);
        long at = gated.row(t);
        kernels.activations().swiglu(gated.data(), at, upped.data(), at, gated.data(), at, width);
        multiply(kernels, down, 5, width, gated, y, t, 1);
        kernels.activations().addScaled(out.data(), out.row(t), y.data(), y.row(t), weight, 5);
    }

    /** The generator of the spec: {@code scale * sin(1 + 0.7 i + 1.3 seed)}. */
    private F32 sines(int n, int seed, double scale) {
        F32 out = F32.allocate(arena, n);
        for (int i = 0; i < n; i++) {
            out.set(i, (float) (scale * Math.sin(1 + 0.7 * i + 1.3 * seed)));
        }
        return out;
    }

    private void multiply(Kernels kernels, F32 w, int rows, int cols, Rows x, Rows y, int first, int tokens) {
        Matrix matrix = new Matrix.Dense(Dtype.F32, rows, cols, w.segment());
        F32 scratch = F32.allocate(arena, MatMul.scratch(cols));
        kernels.matMul().multiply(matrix, x, first, y, first, tokens, 0, rows, scratch);
    }

    private static void assertRow(F32 actual, long at, double... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual.get(at + i)).as("element %d", i).isCloseTo(expected[i], within(TOLERANCE));
        }
    }
}
