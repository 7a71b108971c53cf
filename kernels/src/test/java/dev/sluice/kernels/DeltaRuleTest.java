package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeltaRuleTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    /** The facade fixes every operation, so both tiers and every vector width give the same bits. */
    @ParameterizedTest
    @CsvSource({
        "1,1,1",
        "13,16,2",
        "16,13,1",
        "24,40,3",
        "64,72,5",
        "72,207,2",
        "128,128,7",
        "128,128,8",
        "24,200,11",
        "4,64,4",
        "24,72,64",
        "128,128,70"
    })
    void equalsTheOracleBitForBit(int dk, int dv, int tokens) {
        Run expected = new Run(dk, dv, tokens);
        Run actual = new Run(dk, dv, tokens);
        expected.run(Kernels.plain(), 0, tokens, 0, dv);
        actual.run(Kernels.vector(), 0, tokens, 0, dv);
        Data.assertSame(actual.o.data(), expected.o.data());
        Data.assertSame(actual.state, expected.state);
    }

    /** {@code spec/model.md} §3.7 step by step in f64: decay, predict, write, read after the write. */
    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void followsTheRecurrence(Kernels kernels) {
        Run run = new Run(24, 40, 9);
        double[][] s = new double[24][40];
        for (int i = 0; i < 24; i++) {
            for (int c = 0; c < 40; c++) {
                s[i][c] = run.state.get(5 + 40L * i + c);
            }
        }
        run.run(kernels, 0, 9, 0, 40);
        for (int t = 1; t <= 9; t++) {
            for (int c = 0; c < 40; c++) {
                double o = step(run, s, t, c);
                assertThat((double) run.o.data().get(run.o.row(t) + c)).isCloseTo(o, within(2e-6));
            }
        }
        for (int i = 0; i < 24; i++) {
            for (int c = 0; c < 40; c++) {
                assertThat((double) run.state.get(5 + 40L * i + c)).isCloseTo(s[i][c], within(2e-6));
            }
        }
    }

    private static double step(Run run, double[][] s, int t, int c) {
        double alpha = run.gates.data().get(run.gates.row(t));
        double beta = run.gates.data().get(run.gates.row(t) + 1);
        double m = 0;
        for (int i = 0; i < s.length; i++) {
            s[i][c] *= alpha;
            m += s[i][c] * run.k.data().get(run.k.row(t) + i);
        }
        double delta = beta * (run.v.data().get(run.v.row(t) + c) - m);
        double o = 0;
        for (int i = 0; i < s.length; i++) {
            s[i][c] += run.k.data().get(run.k.row(t) + i) * delta;
            o += s[i][c] * run.q.data().get(run.q.row(t) + i);
        }
        return o;
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void piecesOfTokensAndColumnsGiveTheSameBits(Kernels kernels) {
        Run whole = new Run(128, 128, 64);
        whole.run(kernels, 0, 64, 0, 128);
        Run pieces = new Run(128, 128, 64);
        int[] tokens = {0, 7, 8, 10, 64};
        int[] columns = {0, 3, 36, 37, 101, 128};
        for (int c = 0; c < columns.length - 1; c++) {
            for (int t = 0; t < tokens.length - 1; t++) {
                pieces.run(kernels, tokens[t], tokens[t + 1], columns[c], columns[c + 1]);
            }
        }
        Data.assertSame(pieces.o.data(), whole.o.data());
        Data.assertSame(pieces.state, whole.state);
    }

    @Test
    void aClosedGateKeepsTheStateAndAnOpenOneStoresTheValue() {
        Run run = new Run(24, 40, 1);
        F32 before = Data.copy(arena, run.state);
        run.setGate(1, 0);
        run.run(Kernels.vector(), 0, 1, 0, 40);
        Data.assertSame(run.state, before);
        run.state.clear(0, run.state.size());
        run.setGate(0.5f, 1);
        run.run(Kernels.vector(), 0, 1, 0, 40);
        for (int c = 0; c < 40; c++) {
            float read = 0;
            for (int i = 0; i < 24; i++) {
                read = Math.fma(run.state.get(5 + 40L * i + c), run.k.data().get(run.k.row(1) + i), read);
            }
            assertThat(read).isCloseTo(run.v.data().get(run.v.row(1) + c), within(2e-6f));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 16, 24, 40, 64, 72, 128, 207})
    void dotEqualsTheOracle(int n) {
        F32 x = Data.random(arena, 1, n + 3);
        F32 y = Data.random(arena, 2, n + 1);
        float expected = Kernels.plain().deltaRule().dot(x, 3, y, 1, n);
        assertThat(Kernels.vector().deltaRule().dot(x, 3, y, 1, n)).isCloseTo(expected, within(1e-6f * n));
    }

    @Test
    void dotAddsTheLanesInOneOrderHotAndCold() {
        F32 x = Data.random(arena, 1, 207);
        F32 y = Data.random(arena, 2, 207);
        DeltaRule rule = Kernels.vector().deltaRule();
        float cold = rule.dot(x, 0, y, 0, 207);
        for (int i = 0; i < 30_000; i++) {
            assertThat(rule.dot(x, 0, y, 0, 207) == cold).isTrue();
        }
    }

    @Test
    void operandsAreChecked() {
        Run run = new Run(16, 16, 2);
        assertThatThrownBy(() -> run.run(Kernels.vector(), 0, 3, 0, 16)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> run.run(Kernels.vector(), 0, 2, 0, 17)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** Rows from 1, state from 5, odd strides. */
    private final class Run {
        final int dk;
        final int dv;
        final Rows q;
        final Rows k;
        final Rows v;
        final Rows gates;
        final Rows o;
        final F32 state;

        Run(int dk, int dv, int tokens) {
            this.dk = dk;
            this.dv = dv;
            this.q = Rows.of(Data.random(arena, 1, (tokens + 1) * dk), dk);
            this.k = Rows.of(Data.random(arena, 2, (tokens + 1) * dk), dk);
            this.v = Rows.of(Data.random(arena, 3, (tokens + 1) * dv), dv);
            this.o = Rows.of(F32.allocate(arena, (tokens + 1L) * dv), dv);
            this.gates = Rows.of(F32.allocate(arena, (tokens + 1L) * 3), 3);
            this.state = Data.random(arena, 4, dk * dv + 5);
            Norms norms = Kernels.plain().norms();
            for (int t = 1; t <= tokens; t++) {
                norms.l2(q.data(), q.row(t), dk, (float) (1 / Math.sqrt(dk)));
                norms.l2(k.data(), k.row(t), dk, 1);
                gate(t, 0.9f + 0.01f * (t % 10), 0.1f * (t % 9));
            }
        }

        private void gate(int t, float alpha, float beta) {
            gates.data().set(gates.row(t), alpha);
            gates.data().set(gates.row(t) + 1, beta);
            float kq = Kernels.plain().deltaRule().dot(k.data(), k.row(t), q.data(), q.row(t), dk);
            gates.data().set(gates.row(t) + 2, kq);
        }

        void setGate(float alpha, float beta) {
            gate(1, alpha, beta);
        }

        void run(Kernels kernels, int tokenFrom, int tokenTo, int from, int to) {
            F32 scratch = F32.allocate(arena, DeltaRule.scratch(dk));
            kernels.deltaRule()
                    .run(state, 5, dk, dv, q, k, v, gates, o, 1 + tokenFrom, tokenTo - tokenFrom, from, to, scratch);
        }
    }
}
