package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.testing.Expected;
import dev.sluice.testing.Fixtures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every value of every golden case ({@code fixtures/models}) and of the embedded model with every implementation of the kernels, F32 KV cache.
 * Prints the largest differences as {@code found / allowed}.
 */
class GoldenParityTest {
    static Stream<Arguments> casesAndKernels() {
        List<Arguments> out = new ArrayList<>();
        List<Fixtures.Case> cases = new ArrayList<>(Fixtures.cases());
        cases.addAll(Fixtures.tinyModels());
        for (Fixtures.Case golden : cases) {
            for (Kernels kernels : TestKernels.all()) {
                out.add(Arguments.of(golden, kernels.name(), kernels));
            }
        }
        return out.stream();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("casesAndKernels")
    void matchesTheReference(Fixtures.Case golden, String kernelName, Kernels kernels) {
        Expected expected = golden.expected();
        int[] ids = expected.ints("input_ids");
        Comparison comparison = new Comparison(golden, expected);
        try (TestModel model = new TestModel(golden.model(), kernels, 2, Dtype.F32, ids.length)) {
            Recorder recorder = new Recorder();
            SequenceState sequence = model.executor.newSequence();
            model.executor.tap(recorder);
            StepResult result = model.run(sequence, ids, 0, ids.length, Want.ALL);
            model.executor.tap(null);
            sequence.read(recorder);

            comparison.close("logits", model.logits(result, ids.length));
            recorder.values.forEach(comparison::closeIfExpected);
            recorder.indices.forEach(comparison::equalIfExpected);
            int first = result.argmax(0, ids.length - 1);
            if (expected.has("mtp.logits")) {
                drafts(model, sequence, result, ids, first, comparison);
            }
            greedy(model, sequence, model.logitsOf(result, 0, ids.length - 1), first, expected, comparison);
        }
        comparison.requireEverySeen();
        System.out.println("golden " + golden.name() + " " + kernelName + ": " + comparison);
    }

    private static void greedy(
            TestModel model,
            SequenceState sequence,
            float[] lastLogits,
            int first,
            Expected expected,
            Comparison comparison) {
        int[] ids = new int[expected.ints("greedy").length];
        float[] logits = Arrays.copyOf(lastLogits, ids.length * model.vocab());
        ids[0] = first;
        for (int i = 1; i < ids.length; i++) {
            StepResult result = model.run(sequence, ids, i - 1, i, Want.LAST);
            System.arraycopy(model.logitsOf(result, 0, 0), 0, logits, i * model.vocab(), model.vocab());
            ids[i] = result.argmax(0, 0);
        }
        comparison.equal("greedy", ids);
        comparison.close("greedy_logits", logits);
    }

    private static void drafts(
            TestModel model, SequenceState sequence, StepResult trunk, int[] ids, int first, Comparison comparison) {
        DraftHead head = model.executor.draftHead();
        int rows = ids.length;
        int[] next = Arrays.copyOfRange(ids, 1, rows + 1);
        next[rows - 1] = first;
        StepResult result = head.forward(sequence, trunk.hidden(0, 0), 0, next, 0, rows, Want.ALL);
        comparison.close("mtp.logits", model.logits(result, rows));
        comparison.close("mtp.hidden", model.hidden(result, rows));

        int[] draft = new int[3];
        float[] logits = Arrays.copyOf(model.logitsOf(result, 0, rows - 1), 3 * model.vocab());
        draft[0] = result.argmax(0, rows - 1);
        for (int i = 1; i < draft.length; i++) {
            int last = i == 1 ? rows - 1 : 0;
            result = head.forward(sequence, result.hidden(0, last), 0, draft, i - 1, 1, Want.ALL);
            System.arraycopy(model.logitsOf(result, 0, 0), 0, logits, i * model.vocab(), model.vocab());
            draft[i] = result.argmax(0, 0);
        }
        comparison.equal("mtp.draft", draft);
        comparison.close("mtp.draft_logits", logits);
        assertThat(head.position(sequence)).isEqualTo(rows + 2);
    }

    /** Found values against the expected ones; remembers what was compared. */
    private static final class Comparison {
        private final Fixtures.Case golden;
        private final Expected expected;
        private final List<String> seen = new ArrayList<>();
        private final Map<String, Double> worst = new TreeMap<>();
        private final Map<String, Double> allowed = new TreeMap<>();

        private Comparison(Fixtures.Case golden, Expected expected) {
            this.golden = golden;
            this.expected = expected;
        }

        private void closeIfExpected(String key, float[] found) {
            if (expected.has(key)) {
                close(key, found);
            }
        }

        private void close(String key, float[] found) {
            double tolerance = golden.tolerance(key);
            double difference = Differences.max(expected.floats(key), found);
            assertThat(difference).as("%s of %s", key, golden).isLessThanOrEqualTo(tolerance);
            seen.add(key);
            String kind = kind(key);
            worst.merge(kind, difference, Math::max);
            allowed.merge(kind, tolerance, Math::max);
        }

        private void equalIfExpected(String key, int[] found) {
            if (expected.has(key)) {
                equal(key, found);
            }
        }

        private void equal(String key, int[] found) {
            assertThat(found).as("%s of %s", key, golden).containsExactly(expected.ints(key));
            seen.add(key);
        }

        private static String kind(String key) {
            String kind = key.substring(key.lastIndexOf('.') + 1);
            return key.startsWith("mtp.") ? key : key.startsWith("hidden.") ? "hidden" : kind;
        }

        /** Nothing in the case may stay unchecked; other tests read the activation-quantised values. */
        private void requireEverySeen() {
            assertThat(expected.keys().stream()
                            .filter(key -> !key.contains("w8a8") && !key.equals("logits_mlx"))
                            .filter(key -> !key.equals("input_ids")))
                    .containsExactlyInAnyOrderElementsOf(seen);
        }

        @Override
        public String toString() {
            StringBuilder out = new StringBuilder();
            worst.forEach((kind, difference) ->
                    out.append(String.format("%s %.1e/%.1e  ", kind, difference, allowed.get(kind))));
            return out.toString();
        }
    }
}
