package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.testing.Fixtures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The embedded model tells the first story of {@code expected.json} and drafts it as expected. */
class SluiceTinyTest {
    static List<Arguments> kernels() {
        return TestKernels.all().stream().map(k -> Arguments.of(k.name(), k)).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kernels")
    void tellsAndDraftsTheFirstStory(String name, Kernels kernels) {
        Fixtures.Case embedded = Fixtures.embeddedCase();
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
        StepResult result = head.forward(sequence, model.hiddenRows(trunk, 0, 0), 0, next, 0, next.length, Want.LAST);
        int position = head.position(sequence);
        int row = next.length - 1;
        int drafted = result.argmax(0, row);
        out.add((long) drafted);
        while (out.size() < 3) {
            result = head.forward(sequence, model.hiddenRows(result, 0, row), 0, new int[] {drafted}, 0, 1, Want.LAST);
            row = 0;
            drafted = result.argmax(0, row);
            out.add((long) drafted);
        }
        head.truncate(sequence, position);
        return out;
    }
}
