package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rows;
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
 * One prompt gives the same bits (logits, hidden vectors, recurrent states) however it is cut into chunks, on any number
 * of threads, beside any other sequences, from a fork, and through accepted or refused drafts.
 */
class BitEqualityTest {
    /** Tokens that follow the prompt one by one. */
    private static final int DECODED = 6;

    static Stream<Arguments> setups() {
        List<Arguments> out = new ArrayList<>();
        for (Kernels kernels : TestKernels.all()) {
            for (Fixtures.Case golden : Fixtures.cases()) {
                if (List.of("qwen3-next-r1-odd", "qwen3-next-fp8", "qwen3-next-mtp", "mlx-4bit-g32")
                        .contains(golden.name())) {
                    out.add(Arguments.of(golden, kernels.name(), Dtype.BF16, kernels));
                }
            }
            Fixtures.Case golden = Fixtures.golden("qwen3-next-r3");
            out.add(Arguments.of(golden, kernels.name(), Dtype.F32, kernels));
        }
        return out.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("setups")
    void sameBitsInEveryWay(Fixtures.Case golden, String kernelName, Dtype kvType, Kernels kernels) {
        int[] ids = golden.expected().ints("input_ids");
        Map<String, float[]> reference;
        try (TestModel model = new TestModel(golden.model(), kernels, 1, kvType, ids.length)) {
            reference = inChunks(model, ids, ids.length);
            assertSame("another run", reference, inChunks(model, ids, ids.length));
        }
        for (int threads = 1; threads <= 3; threads++) {
            try (TestModel model = new TestModel(golden.model(), kernels, threads, kvType, ids.length)) {
                for (int chunk : new int[] {1, 7, 64, ids.length}) {
                    assertSame(threads + " threads, chunks of " + chunk, reference, inChunks(model, ids, chunk));
                }
            }
        }
        try (TestModel model = new TestModel(golden.model(), kernels, 2, kvType, ids.length)) {
            assertSame("with neighbours", reference, withNeighbours(model, ids));
            assertSame("from a fork", reference, forked(model, ids));
            assertSame("after reset", reference, afterReset(model, ids));
            for (int accepted = 0; accepted <= 4; accepted++) {
                assertSame(accepted + " accepted drafts", reference, withDrafts(model, ids, accepted));
            }
        }
    }

    private static void assertSame(String how, Map<String, float[]> expected, Map<String, float[]> found) {
        assertThat(found.keySet()).as(how).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> assertThat(Arrays.equals(values, found.get(name)))
                .as("%s: %s, largest difference %s", how, name, Differences.max(values, found.get(name)))
                .isTrue());
    }

    private static Map<String, float[]> inChunks(TestModel model, int[] ids, int chunk) {
        try (SequenceState sequence = model.executor.newSequence()) {
            Trace trace = new Trace(model, ids);
            for (int from = 0; from < ids.length - DECODED; from += chunk) {
                int to = Math.min(from + chunk, ids.length - DECODED);
                trace.add(sequence, from, model.run(sequence, ids, from, to, Want.ALL), 0, to - from);
            }
            return trace.decode(sequence);
        }
    }

    private static Map<String, float[]> withNeighbours(TestModel model, int[] ids) {
        try (SequenceState one = model.executor.newSequence();
                SequenceState sequence = model.executor.newSequence();
                SequenceState other = model.executor.newSequence()) {
            Trace trace = new Trace(model, ids);
            Batch batch = new Batch();
            int prompt = ids.length - DECODED;
            for (int from = 0; from < prompt; from += 13) {
                int count = Math.min(13, prompt - from);
                batch.clear();
                batch.add(one, ids, 20, 9, Want.NOTHING)
                        .add(sequence, ids, from, count, Want.ALL)
                        .add(other, ids, from / 13, 1, Want.LAST);
                trace.add(sequence, from, model.executor.forward(batch), 1, count);
            }
            return trace.decode(sequence);
        }
    }

    private static Map<String, float[]> forked(TestModel model, int[] ids) {
        try (SequenceState first = model.executor.newSequence()) {
            Trace trace = new Trace(model, ids);
            trace.add(first, 0, model.run(first, ids, 0, 70, Want.ALL), 0, 70);
            try (SequenceState copy = first.fork()) {
                // what the original does next is no concern of the copy
                model.run(first, ids, 0, 11, Want.LAST);
                int rest = ids.length - DECODED - 70;
                trace.add(copy, 70, model.run(copy, ids, 70, 70 + rest, Want.ALL), 0, rest);
                return trace.decode(copy);
            }
        }
    }

    private static Map<String, float[]> afterReset(TestModel model, int[] ids) {
        try (SequenceState sequence = model.executor.newSequence()) {
            model.run(sequence, ids, 3, ids.length, Want.LAST);
            sequence.reset();
            Trace trace = new Trace(model, ids);
            int prompt = ids.length - DECODED;
            trace.add(sequence, 0, model.run(sequence, ids, 0, prompt, Want.ALL), 0, prompt);
            return trace.decode(sequence);
        }
    }

    /** Steps of five tokens, the first {@code accepted} of them true, an ordinary step between two that accept few. */
    private static Map<String, float[]> withDrafts(TestModel model, int[] ids, int accepted) {
        try (SequenceState sequence = model.executor.newSequence()) {
            Trace trace = new Trace(model, ids);
            int prompt = ids.length - DECODED;
            int start = prompt - 60;
            trace.add(sequence, 0, model.run(sequence, ids, 0, start, Want.ALL), 0, start);
            int from = start;
            while (from < prompt) {
                int good = Math.min(accepted, prompt - from);
                int[] tokens = new int[5];
                for (int i = 0; i < tokens.length; i++) {
                    tokens[i] = i < good ? ids[from + i] : (ids[from] + 7 * i) % model.vocab();
                }
                StepResult result = model.executor.forward(new Batch().addDraft(sequence, tokens, 0, tokens.length));
                sequence.commit(good);
                trace.add(sequence, from, result, 0, good);
                from += good;
                if (from < prompt && good < 2) {
                    trace.add(sequence, from, model.run(sequence, ids, from, from + 1, Want.ALL), 0, 1);
                    from++;
                }
            }
            return trace.decode(sequence);
        }
    }

    /** Everything a prompt produces, row by row, the draft head's rows too. */
    private static final class Trace {
        private final TestModel model;
        private final int[] ids;
        private final Map<String, float[]> values = new TreeMap<>();

        private Trace(TestModel model, int[] ids) {
            this.model = model;
            this.ids = ids;
        }

        private void add(SequenceState sequence, int position, StepResult result, int entry, int rows) {
            record("trunk", position, result, entry, rows);
            DraftHead head = model.executor.draftHead();
            int known = Math.min(rows, ids.length - 1 - position);
            if (head != null && known > 0) {
                Rows hidden = model.hiddenRows(result, entry, 0);
                StepResult drafts = head.forward(sequence, hidden, 0, ids, position + 1, known, Want.ALL);
                record("draft", position, drafts, 0, known);
            }
        }

        private void record(String what, int position, StepResult result, int entry, int rows) {
            for (int row = 0; row < rows; row++) {
                values.put(what + " logits " + (position + row), model.logitsOf(result, entry, row));
                values.put(what + " hidden " + (position + row), model.hiddenOf(result, entry, row));
            }
        }

        private Map<String, float[]> decode(SequenceState sequence) {
            for (int i = ids.length - DECODED; i < ids.length; i++) {
                add(sequence, i, model.run(sequence, ids, i, i + 1, Want.LAST), 0, 1);
            }
            Recorder recorder = new Recorder();
            sequence.read(recorder);
            values.putAll(recorder.values);
            return values;
        }
    }
}
