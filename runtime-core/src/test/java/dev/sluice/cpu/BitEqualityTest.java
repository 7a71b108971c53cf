package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Rows;
import dev.sluice.testing.Fixtures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One prompt gives the same bits (logits, hidden vectors, recurrent states) however it is cut into chunks, on any number
 * of threads, beside any other sequences, from a fork, and through accepted or refused drafts.
 */
class BitEqualityTest {
    /** Tokens of the prompt: more than a page of the KV cache and than a tile of any kernel. */
    private static final int PROMPT = 70;

    /** Tokens that follow the PROMPT one by one. */
    private static final int DECODED = 6;

    static List<Arguments> setups() {
        List<Arguments> out = new ArrayList<>();
        Kernels vector = Kernels.vector();
        for (String name : List.of("qwen3-next-r1-odd", "qwen3-next-mtp", "qwen3-5-moe-fp8", "mlx-4bit-g32")) {
            out.add(Arguments.of(Fixtures.golden(name), vector.name(), Dtype.BF16, vector));
        }
        for (NativeTier tier : NativeTier.values()) {
            if (Kernels.refusal(tier).isEmpty()) {
                Kernels inC = Kernels.inC(tier);
                for (String name : inC(tier)) {
                    out.add(Arguments.of(Fixtures.golden(name), inC.name(), Dtype.BF16, inC));
                }
            }
        }
        for (Kernels kernels : TestKernels.all()) {
            out.add(Arguments.of(Fixtures.golden("qwen3-next-r3"), kernels.name(), Dtype.F32, kernels));
        }
        return out;
    }

    private static List<String> inC(NativeTier tier) {
        return switch (tier) {
            case BF16 -> List.of("qwen3-next-r1-odd", "qwen3-5-moe-fp8", "mlx-4bit-g32");
            case INT8 -> List.of("mlx-4bit-g32", "mlx-4bit-g64", "mlx-8bit-g64");
        };
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("setups")
    void sameBitsInEveryWay(Fixtures.Case golden, String kernelName, Dtype kvType, Kernels kernels) {
        int[] ids = Arrays.copyOf(golden.expected().ints("input_ids"), PROMPT + DECODED);
        Map<String, float[]> reference;
        try (TestModel model = new TestModel(golden.model(), kernels, 1, kvType, ids.length)) {
            reference = inChunks(model, ids, ids.length);
            assertSame("1 thread, chunks of 7", reference, inChunks(model, ids, 7));
        }
        try (TestModel model = new TestModel(golden.model(), kernels, 3, kvType, ids.length)) {
            assertSame("3 threads", reference, inChunks(model, ids, ids.length));
            assertSame("3 threads, chunks of 33", reference, inChunks(model, ids, 33));
        }
        try (TestModel model = new TestModel(golden.model(), kernels, 2, kvType, ids.length)) {
            for (int chunk : new int[] {1, 7, 64, ids.length}) {
                assertSame("2 threads, chunks of " + chunk, reference, inChunks(model, ids, chunk));
            }
            assertSame("with neighbours", reference, withNeighbours(model, ids));
            assertSame("from a fork", reference, forked(model, ids));
            assertSame("after reset", reference, afterReset(model, ids));
            for (int chunk : new int[] {30, PROMPT}) {
                forTheLastTokensAlone(model, ids, chunk)
                        .forEach((name, values) -> assertThat(values)
                                .as("%s, asked for alone, chunks of %d", name, chunk)
                                .containsExactly(reference.get(name)));
            }
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
            for (int from = 0; from < PROMPT; from += chunk) {
                int to = Math.min(from + chunk, PROMPT);
                trace.add(sequence, from, model.run(sequence, ids, from, to, Want.ALL), 0, to - from);
            }
            return trace.decode(sequence);
        }
    }

    /** Of a prompt nothing but what its last token gives, then token by token. */
    private static Map<String, float[]> forTheLastTokensAlone(TestModel model, int[] ids, int chunk) {
        try (SequenceState sequence = model.executor.newSequence()) {
            Trace trace = new Trace(model, ids);
            for (int from = 0; from < PROMPT; from += chunk) {
                int to = Math.min(from + chunk, PROMPT);
                StepResult result = model.run(sequence, ids, from, to, to < PROMPT ? Want.NOTHING : Want.LAST);
                if (to == PROMPT) {
                    trace.record("trunk", to - 1, result, 0, to - from - 1, to - from);
                }
            }
            for (int i = PROMPT; i < ids.length; i++) {
                trace.record("trunk", i, model.run(sequence, ids, i, i + 1, Want.LAST), 0, 0, 1);
            }
            return trace.values;
        }
    }

    private static Map<String, float[]> withNeighbours(TestModel model, int[] ids) {
        try (SequenceState one = model.executor.newSequence();
                SequenceState sequence = model.executor.newSequence();
                SequenceState other = model.executor.newSequence()) {
            Trace trace = new Trace(model, ids);
            Batch batch = new Batch();
            for (int from = 0; from < PROMPT; from += 13) {
                int count = Math.min(13, PROMPT - from);
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
            trace.add(first, 0, model.run(first, ids, 0, 40, Want.ALL), 0, 40);
            try (SequenceState copy = first.fork()) {
                // what the original does next is no concern of the copy
                model.run(first, ids, 0, 11, Want.LAST);
                trace.add(copy, 40, model.run(copy, ids, 40, PROMPT, Want.ALL), 0, PROMPT - 40);
                return trace.decode(copy);
            }
        }
    }

    private static Map<String, float[]> afterReset(TestModel model, int[] ids) {
        try (SequenceState sequence = model.executor.newSequence()) {
            model.run(sequence, ids, 3, ids.length, Want.LAST);
            sequence.reset();
            Trace trace = new Trace(model, ids);
            trace.add(sequence, 0, model.run(sequence, ids, 0, PROMPT, Want.ALL), 0, PROMPT);
            return trace.decode(sequence);
        }
    }

    /** Steps of five tokens, the first {@code accepted} of them true, an ordinary step between two that accept few. */
    private static Map<String, float[]> withDrafts(TestModel model, int[] ids, int accepted) {
        try (SequenceState sequence = model.executor.newSequence()) {
            Trace trace = new Trace(model, ids);
            int start = PROMPT - 30;
            trace.add(sequence, 0, model.run(sequence, ids, 0, start, Want.ALL), 0, start);
            int from = start;
            while (from < PROMPT) {
                int good = Math.min(accepted, PROMPT - from);
                int[] tokens = new int[5];
                for (int i = 0; i < tokens.length; i++) {
                    tokens[i] = i < good ? ids[from + i] : (ids[from] + 7 * i) % model.vocab();
                }
                StepResult result = model.executor.forward(new Batch().addDraft(sequence, tokens, 0, tokens.length));
                sequence.commit(good);
                trace.add(sequence, from, result, 0, good);
                from += good;
                if (from < PROMPT && good < 2) {
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
            record("trunk", position, result, entry, 0, rows);
            DraftHead head = model.executor.draftHead();
            int known = Math.min(rows, ids.length - 1 - position);
            if (head != null && known > 0) {
                Rows hidden = result.hidden(entry, 0);
                StepResult drafts = head.forward(sequence, hidden, 0, ids, position + 1, known, Want.ALL);
                record("draft", position, drafts, 0, 0, known);
            }
        }

        /** Rows {@code [first, end)} of an entry, the first of which is at {@code position}. */
        private void record(String what, int position, StepResult result, int entry, int first, int end) {
            for (int row = first; row < end; row++) {
                values.put(what + " logits " + (position + row - first), model.logitsOf(result, entry, row));
                values.put(what + " hidden " + (position + row - first), model.hiddenOf(result, entry, row));
            }
        }

        private Map<String, float[]> decode(SequenceState sequence) {
            for (int i = PROMPT; i < ids.length; i++) {
                add(sequence, i, model.run(sequence, ids, i, i + 1, Want.LAST), 0, 1);
            }
            sequence.read((name, data, _) -> values.put(name, data.toArray(0, Math.toIntExact(data.size()))));
            return values;
        }
    }
}
