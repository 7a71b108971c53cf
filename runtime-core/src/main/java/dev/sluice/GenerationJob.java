package dev.sluice;

import dev.sluice.backend.Executor;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Sampler;
import dev.sluice.engine.Sequence;
import dev.sluice.engine.TokenLoop;
import dev.sluice.error.MemoryBudgetException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.error.SluiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One generation on the engine thread: ids from the token loop, text to the {@link Output}. */
final class GenerationJob implements Engine.Job {
    /** What a generation needs, worked out on the caller's thread. */
    record Request(int[] prompt, int maxTokens, Sampler sampler, AnswerText text, List<Integer> endIds, int chunk) {}

    /** Where the sequence comes from and goes to: a chat keeps its own. */
    interface SequenceOwner {
        Sequence open();

        void release(Sequence sequence);
    }

    private final Executor executor;
    private final SequenceOwner owner;
    private final Request request;
    private final Output output;
    private final Stopwatch watch;
    private @Nullable Sequence sequence;
    private @Nullable TokenLoop loop;

    GenerationJob(Executor executor, SequenceOwner owner, Request request, Output output, Stopwatch watch) {
        this.executor = executor;
        this.owner = owner;
        this.request = request;
        this.output = output;
        this.watch = watch;
    }

    @Override
    public boolean step() {
        if (output.cancelled()) {
            return end(FinishReason.CANCELLED);
        }
        TokenLoop current = loop == null ? begin() : loop;
        output.stepping(current.next());
        int id = current.step();
        output.stepping(0);
        if (id == TokenLoop.NO_TOKEN) {
            output.progress(current.consumed(), request.prompt().length, current.cached());
            return true;
        }
        watch.token();
        output.token(id);
        if (request.endIds().contains(id)) {
            return end(FinishReason.STOP);
        }
        request.text().token(id, output);
        if (request.text().stopped()) {
            return end(FinishReason.STOP_STRING);
        }
        return output.tokens() < request.maxTokens() || end(FinishReason.LENGTH);
    }

    private TokenLoop begin() {
        watch.begin();
        sequence = owner.open();
        loop = new TokenLoop(executor, sequence, request.prompt(), request.sampler(), request.chunk());
        output.progress(loop.consumed(), request.prompt().length, loop.cached());
        return loop;
    }

    /** Always false: no more steps. */
    private boolean end(FinishReason reason) {
        request.text().finish(output);
        Stats stats = watch.stats(request.prompt().length, loop == null ? 0 : loop.cached(), output.tokens());
        release();
        output.finish(reason, stats);
        return false;
    }

    private void release() {
        if (sequence != null) {
            owner.release(sequence);
            sequence = null;
        }
    }

    @Override
    public void failed(Throwable cause) {
        try {
            release();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
        output.fail(explain(cause));
    }

    private static RuntimeException explain(Throwable cause) {
        return switch (cause) {
            case SluiceException e -> e;
            case OutOfMemoryError e ->
                new MemoryBudgetException(
                        "out of memory while generating (" + e.getMessage()
                                + "); use a smaller context, or give the JVM"
                                + " more with -XX:MaxDirectMemorySize (cache and states) or -Xmx (everything else)",
                        e);
            case InternalError e ->
                new ModelBrokenException(
                        "a model file could not be read any more; it changed or was cut while open", e);
            default -> new SluiceException("generation failed unexpectedly: " + cause, cause);
        };
    }
}
