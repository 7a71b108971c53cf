package dev.sluice.engine;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Executor;
import dev.sluice.backend.StepResult;

/** Runs one sequence: the prompt in chunks, then token by token. Engine thread only; a step allocates nothing. */
public final class TokenLoop {
    /** What {@link #step} returns while the prompt goes on. */
    public static final int NO_TOKEN = -1;

    private final Executor executor;
    private final Sequence sequence;
    private final Sampler sampler;
    private final int[] prompt;
    private final int chunk;
    private final int cached;
    private final Batch batch = new Batch();
    private final int[] last = new int[1];
    private int consumed;

    /** Continues {@code sequence} as far as the prompt allows; {@code chunk} is the most tokens of one step. */
    public TokenLoop(Executor executor, Sequence sequence, int[] prompt, Sampler sampler, int chunk) {
        this.executor = executor;
        this.sequence = sequence;
        this.sampler = sampler;
        this.prompt = prompt;
        this.chunk = Math.min(chunk, executor.maxBatchTokens());
        this.cached = sequence.reuse(prompt);
        this.consumed = cached;
        sampler.prompt(prompt, prompt.length);
    }

    /** Tokens of the prompt that did not have to be run. */
    public int cached() {
        return cached;
    }

    /** Tokens of the prompt that are consumed, cached ones included. */
    public int consumed() {
        return consumed;
    }

    /** Tokens of the prompt that the next step runs. */
    public int next() {
        return Math.min(chunk, prompt.length - consumed);
    }

    /** Runs a chunk of the prompt or the last token; returns the token chosen, or {@link #NO_TOKEN}. */
    public int step() {
        if (consumed == prompt.length) {
            return choose(run(last, 0, 1, Batch.Want.LAST), 0);
        }
        int from = consumed;
        int count = next();
        boolean complete = from + count == prompt.length;
        StepResult result = run(prompt, from, count, complete ? Batch.Want.LAST : Batch.Want.NOTHING);
        consumed += count;
        return complete ? choose(result, count - 1) : NO_TOKEN;
    }

    private StepResult run(int[] ids, int from, int count, Batch.Want want) {
        batch.clear();
        batch.add(sequence.state(), ids, from, count, want);
        sequence.stepping();
        StepResult result = executor.forward(batch);
        sequence.stepped(ids, from, count);
        return result;
    }

    private int choose(StepResult result, int row) {
        int id = sampler.sample(
                result.logits(0, row), result.logitsAt(0, row), result.maxima(0, row), result.maximaAt(0, row));
        sampler.accept(id);
        last[0] = id;
        return id;
    }
}
