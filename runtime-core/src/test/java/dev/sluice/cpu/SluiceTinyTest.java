package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.testing.Fixtures;
import dev.sluice.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The trained models tell the first story of {@code expected.json}, draft it and predict text as the reference does. */
class SluiceTinyTest {
    private static final int WINDOW = 1024;

    static List<Arguments> models() {
        return Fixtures.tinyModels().stream()
                .flatMap(model -> TestKernels.all().stream().map(k -> Arguments.of(model, k.name(), k)))
                .toList();
    }

    /** Windows of 1,024 predictions, each from a fresh state, as the folder's README counts them. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.sluice.testing.Fixtures#tinyModels")
    void hasTheReferencesPerplexity(Fixtures.Case tiny) throws IOException {
        JsonObject json = JsonObject.read(tiny.data().resolve("expected.json"));
        Tokenizer tokenizer = Tokenizer.load(tiny.model().resolve("tokenizer.json"));
        int[] ids = tokenizer.encode(Files.readString(tiny.data().resolve("perplexity.txt")), Tokenizer.Specials.ALL);
        double loss = 0;
        try (TestModel model = new TestModel(tiny.model(), Kernels.best(), 2, Dtype.F32, 256)) {
            for (int from = 0; from < ids.length - 1; from += WINDOW) {
                loss += loss(model, ids, from, Math.min(from + WINDOW, ids.length - 1));
            }
        }
        double perplexity = Math.exp(loss / (ids.length - 1));

        double expected = Objects.requireNonNull(json.number("perplexity", 1, 100));
        System.out.printf(Locale.ROOT, "%s: perplexity %.6f, reference %.6f%n", tiny, perplexity, expected);
        assertThat(ids.length - 1).isEqualTo(json.integer("perplexity_tokens", 1, 1 << 20));
        assertThat(perplexity).isCloseTo(expected, within(1e-4));
    }

    /** Minus the summed log probabilities of the tokens {@code (from, to]}. */
    private static double loss(TestModel model, int[] ids, int from, int to) {
        double loss = 0;
        try (SequenceState sequence = model.executor.newSequence()) {
            for (int at = from; at < to; at += 256) {
                int end = Math.min(at + 256, to);
                StepResult result = model.run(sequence, ids, at, end, Want.ALL);
                for (int row = 0; row < end - at; row++) {
                    loss -= logProbability(model.logitsOf(result, 0, row), ids[at + row + 1]);
                }
            }
        }
        return loss;
    }

    private static double logProbability(float[] logits, int id) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        return logits[id] - max - Math.log(sum);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("models")
    void tellsAndDraftsTheFirstStory(Fixtures.Case embedded, String name, Kernels kernels) {
        JsonObject json = JsonObject.read(embedded.data().resolve("expected.json"));
        JsonObject stories = Objects.requireNonNull(json.object("greedy"));
        JsonObject story = Objects.requireNonNull(stories.object(Objects.requireNonNull(json.string("prompt"))));
        List<Integer> told = story.integers("ids", 0, 1 << 20);
        int[] prompt = embedded.expected().ints("input_ids");
        List<Integer> found = new ArrayList<>();
        List<List<Long>> drafts = new ArrayList<>();

        try (TestModel model = new TestModel(embedded.model(), kernels, 2, Dtype.F32, 64)) {
            SequenceState sequence = model.executor.newSequence();
            DraftHead head = Objects.requireNonNull(model.executor.draftHead());
            StepResult result = model.run(sequence, prompt, 0, prompt.length, Want.HIDDEN_AND_LAST);
            int last = prompt.length - 1;
            found.add(result.argmax(0, last));
            int[] next = Arrays.copyOfRange(prompt, 1, prompt.length + 1);
            next[last] = found.getFirst();
            drafts.add(draft(model, head, sequence, result, next));
            while (found.size() < told.size()) {
                int[] ids = {found.getLast()};
                result = model.run(sequence, ids, 0, 1, Want.LAST);
                found.add(result.argmax(0, 0));
                drafts.add(draft(model, head, sequence, result, new int[] {found.getLast()}));
            }
        }

        assertThat(found).isEqualTo(told);
        List<?> expectedDrafts = (List<?>) Objects.requireNonNull(json.raw("mtp_drafts_first_prompt"));
        assertThat(drafts.subList(0, expectedDrafts.size())).isEqualTo(expectedDrafts);
    }

    /** Three chained drafts; the head keeps only the rows that came from true hidden vectors. */
    private static List<Long> draft(
            TestModel model, DraftHead head, SequenceState sequence, StepResult trunk, int[] next) {
        List<Long> out = new ArrayList<>();
        StepResult result = head.forward(sequence, trunk.hidden(0, 0), 0, next, 0, next.length, Want.LAST);
        int position = head.position(sequence);
        int row = next.length - 1;
        int drafted = result.argmax(0, row);
        out.add((long) drafted);
        while (out.size() < 3) {
            result = head.forward(sequence, result.hidden(0, row), 0, new int[] {drafted}, 0, 1, Want.LAST);
            row = 0;
            drafted = result.argmax(0, row);
            out.add((long) drafted);
        }
        head.truncate(sequence, position);
        return out;
    }
}
