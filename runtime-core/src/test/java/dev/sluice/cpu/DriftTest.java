package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.testing.Fixtures;
import dev.sluice.tools.taps.TapRun;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How far f32 with vectors moves from float64 over a long text: the largest error in shares of the largest value. */
class DriftTest {
    /** The furthest logit of all widths and cases was 8e-5 away, where two nearly equal values are subtracted. */
    private static final double ALLOWED = 4e-4;

    /** The oracle itself: float64 of another program in another language, stored as float32. */
    @ParameterizedTest
    @ValueSource(strings = {"qwen3-next-r2", "qwen3-next-r1-odd", "qwen3-5-dense", "qwen3-5-moe", "qwen3-next-fp8"})
    void theOracleAgreesWithTheReference(String name) {
        Fixtures.Case golden = Fixtures.golden(name);
        NamedArrays expected = golden.expected();
        int[] ids = expected.ints("input_ids");
        try (TestModel model = new TestModel(golden.model(), Kernels.plain(), 1, Dtype.F32, 1)) {
            DoubleOracle oracle = new DoubleOracle(model.architecture(), model.weights());
            Drift logits = new Drift(expected.floats("logits"), 0);
            for (int t = 0; t < ids.length; t++) {
                logits.add(oracle.step(ids[t]), t);
            }
            assertThat(logits.relative()).isLessThan(5e-7);
            Drift state = new Drift(expected.floats("state.layers.0.S"), 0);
            state.add(oracle.states.getFirst(), 0);
            assertThat(state.relative()).isLessThan(5e-7);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-next-r2", "qwen3-5-dense", "qwen3-5-moe"})
    void aHundredTokens(String name) {
        drift(name, 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-next-r2", "qwen3-next-r1-odd", "qwen3-next-fp8", "qwen3-5-dense", "qwen3-5-moe"})
    @Tag("full")
    void twoThousandTokens(String name) {
        drift(name, 2000);
    }

    private static void drift(String name, int tokens) {
        Fixtures.Case golden = Fixtures.golden(name);
        try (TestModel model = new TestModel(golden.model(), Kernels.vector(), 2, Dtype.F32, TapRun.CHUNK)) {
            int[] ids = new SplittableRandom(11).ints(tokens, 0, model.vocab()).toArray();
            NamedArrays found = TapRun.run(model.executor, model.architecture(), TapRun.Plan.free(ids, 0, 0), _ -> {});
            DoubleOracle oracle = new DoubleOracle(model.architecture(), model.weights());
            Drift logits = new Drift(found.floats("logits"), 0);
            List<Drift> hidden = new ArrayList<>();
            for (int i = 0; i < model.architecture().layers().size(); i++) {
                hidden.add(new Drift(found.floats("hidden." + i), i));
            }
            for (int t = 0; t < tokens; t++) {
                logits.add(oracle.step(ids[t]), t);
                for (Drift layer : hidden) {
                    layer.add(oracle.hidden.get(layer.index), t);
                }
            }
            List<Drift> states = new ArrayList<>();
            for (int i = 0; i < hidden.size(); i++) {
                if (found.has("state.layers." + i + ".S")) {
                    Drift state = new Drift(found.floats("state.layers." + i + ".S"), i);
                    state.add(oracle.states.get(i), 0);
                    states.add(state);
                }
            }
            System.out.printf(
                    "drift %s, %d tokens: logits %.1e, hidden by layer %s, state by layer %s%n",
                    name, tokens, logits.relative(), hidden, states);
            assertThat(logits.relative()).isLessThan(ALLOWED);
            assertThat(hidden).allMatch(layer -> layer.relative() < ALLOWED);
            assertThat(states).isNotEmpty().allMatch(state -> state.relative() < ALLOWED);
        }
    }

    /** Rows of f32 against rows of float64. */
    private static final class Drift {
        private final float[] found;
        private final int index;
        private double difference;
        private double largest;

        private Drift(float[] found, int index) {
            this.found = found;
            this.index = index;
        }

        private void add(double[] expected, int row) {
            for (int i = 0; i < expected.length; i++) {
                difference = Math.max(difference, Math.abs(expected[i] - found[row * expected.length + i]));
                largest = Math.max(largest, Math.abs(expected[i]));
            }
        }

        private double relative() {
            return difference / largest;
        }

        @Override
        public String toString() {
            return String.format("%d: %.1e", index, relative());
        }
    }
}
