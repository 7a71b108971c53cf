package dev.sluice.tools.taps;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.Executor;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.Rows;
import dev.sluice.models.Architecture;
import dev.sluice.models.checkpoint.NamedArrays;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Runs a prompt, a greedy continuation and the draft head, and keeps every value on the way by the names that
 * {@code expected.safetensors} has: {@code input_ids}, {@code logits}, {@code hidden.*}, {@code tap.*}, {@code router.*},
 * {@code state.*}, {@code greedy*}, {@code mtp.*}.
 */
public final class TapRun {
    /** Tokens of a step; results do not depend on it. */
    public static final int CHUNK = 64;

    /**
     * What to run.
     *
     * @param ids the prompt, at least one token
     * @param greedy tokens of the continuation, 0 for none
     * @param greedyPath tokens to follow in place of the own choices, so that rows behind a first different choice can
     *     still be compared; may be shorter than {@code greedy}
     * @param drafts tokens of the chained draft, 0 to leave the draft head out
     * @param draftPath as {@code greedyPath}
     */
    public record Plan(int[] ids, int greedy, int[] greedyPath, int drafts, int[] draftPath) {
        /** A run that follows its own choices. */
        public static Plan free(int[] ids, int greedy, int drafts) {
            return new Plan(ids, greedy, new int[0], drafts, new int[0]);
        }

        /** A run that computes what a file holds, along its choices. */
        public static Plan of(NamedArrays expected) {
            int[] greedy = expected.has("greedy") ? expected.ints("greedy") : new int[0];
            int[] draft = expected.has("mtp.draft") ? expected.ints("mtp.draft") : new int[0];
            return new Plan(expected.ints("input_ids"), greedy.length, greedy, draft.length, draft);
        }
    }

    private final Executor executor;
    private final Architecture architecture;
    private final Plan plan;
    private final IntConsumer progress;
    private final Recorder recorder = new Recorder();
    private final NamedArrays found = NamedArrays.empty();

    private TapRun(Executor executor, Architecture architecture, Plan plan, IntConsumer progress) {
        this.executor = executor;
        this.architecture = architecture;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Runs the plan. The executor must take batches of 64 tokens or of the whole prompt.
     *
     * @param progress hears how many tokens of the prompt are done
     */
    public static NamedArrays run(Executor executor, Architecture architecture, Plan plan, IntConsumer progress) {
        return new TapRun(executor, architecture, plan, progress).run();
    }

    private NamedArrays run() {
        int[] ids = plan.ids;
        found.put("input_ids", ids, ids.length);
        try (SequenceState sequence = executor.newSequence()) {
            int first = prompt(sequence);
            if (plan.greedy > 0) {
                greedy(sequence, first);
            }
        }
        recorder.to(found);
        return found;
    }

    /** Returns the token that follows. */
    private int prompt(SequenceState sequence) {
        int[] ids = plan.ids;
        DraftHead head = plan.drafts > 0 ? executor.draftHead() : null;
        int chosen = -1;
        for (int from = 0; from < ids.length; from += CHUNK) {
            int count = Math.min(CHUNK, ids.length - from);
            executor.tap(recorder);
            StepResult result = executor.forward(new Batch().add(sequence, ids, from, count, Want.ALL));
            executor.tap(null);
            logits("logits", from, result, count);
            boolean last = from + count == ids.length;
            if (last) {
                chosen = result.argmax(0, count - 1);
                sequence.read(recorder);
                if (plan.greedy > 0) {
                    logits("greedy_logits", 0, result, count - 1, 1);
                }
            }
            if (head != null) {
                draft(head, sequence, result, from, count, last, follow(plan.greedyPath, 0, chosen));
            }
            progress.accept(from + count);
        }
        return chosen;
    }

    private void greedy(SequenceState sequence, int first) {
        int[] chosen = new int[plan.greedy];
        chosen[0] = first;
        for (int i = 1; i < chosen.length; i++) {
            int[] token = {follow(plan.greedyPath, i - 1, chosen[i - 1])};
            StepResult result = executor.forward(new Batch().add(sequence, token, 0, 1, Want.LAST));
            logits("greedy_logits", i, result, 0, 1);
            chosen[i] = result.argmax(0, 0);
        }
        found.put("greedy", chosen, chosen.length);
    }

    private static int follow(int[] path, int step, int own) {
        return step < path.length ? path[step] : own;
    }

    /** Rows of the draft head for a chunk; behind the last one the chained draft. */
    private void draft(
            DraftHead head,
            SequenceState sequence,
            StepResult trunk,
            int from,
            int count,
            boolean last,
            int following) {
        int[] next = Arrays.copyOfRange(plan.ids, from + 1, from + 1 + count);
        if (last) {
            next[count - 1] = following;
        }
        StepResult result = head.forward(sequence, trunk.hidden(0, 0), 0, next, 0, count, Want.ALL);
        logits("mtp.logits", from, result, count);
        for (int row = 0; row < count; row++) {
            Rows hidden = result.hidden(0, row);
            recorder.row("mtp.hidden", from + row, hidden.data(), hidden.row(0), hiddenSize());
        }
        if (last) {
            chain(head, sequence, result, count - 1);
        }
    }

    private void chain(DraftHead head, SequenceState sequence, StepResult rows, int lastRow) {
        int[] chosen = new int[plan.drafts];
        StepResult result = rows;
        int row = lastRow;
        for (int i = 0; i < chosen.length; i++) {
            logits("mtp.draft_logits", i, result, row, 1);
            chosen[i] = result.argmax(0, row);
            if (i + 1 < chosen.length) {
                int[] token = {follow(plan.draftPath, i, chosen[i])};
                result = head.forward(sequence, result.hidden(0, row), 0, token, 0, 1, Want.ALL);
                row = 0;
            }
        }
        found.put("mtp.draft", chosen, chosen.length);
    }

    private void logits(String name, int position, StepResult result, int rows) {
        logits(name, position, result, 0, rows);
    }

    private void logits(String name, int position, StepResult result, int from, int rows) {
        for (int row = from; row < from + rows; row++) {
            recorder.row(
                    name,
                    position + row - from,
                    result.logits(0, row),
                    result.logitsAt(0, row),
                    architecture.vocabSize());
        }
    }

    private int hiddenSize() {
        return architecture.hiddenSize();
    }
}
