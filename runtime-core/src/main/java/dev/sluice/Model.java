package dev.sluice;

import dev.sluice.backend.Executor;
import dev.sluice.engine.Candidates;
import dev.sluice.engine.Engine;
import dev.sluice.engine.Sampler;
import dev.sluice.engine.Sequence;
import dev.sluice.error.ContextLengthException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model. Any thread may call; generations of one or several models advance together, in turns.
 *
 * <p>Errors are {@link dev.sluice.error.SluiceException}s: {@link InvalidRequestException} when the call cannot be
 * served as it is, {@link dev.sluice.error.MemoryBudgetException} when memory is short, {@link ModelBrokenException}
 * after {@link #close} or when a file of the model changed.
 */
public final class Model implements AutoCloseable {
    /** What loading yields. */
    record Parts(
            ModelInfo info,
            Options defaults,
            List<Integer> endIds,
            Executor executor,
            Runnable unmap,
            ModelText text,
            SequenceMemory memory,
            int prefillChunk) {}

    /** Penalties go through a table of the ids expected, token after token: not one as large as the whole context. */
    private static final int FORESEEN = 4096;

    private final Engine engine;
    private final Parts parts;
    private final Consumer<Model> onClose;
    private final Candidates candidates;
    private final Set<Output> running = new HashSet<>();
    private boolean closed;

    Model(Engine engine, Parts parts, Consumer<Model> onClose) {
        this.engine = engine;
        this.parts = parts;
        this.onClose = onClose;
        this.candidates =
                new Candidates(Math.min(parts.info().vocabSize(), parts.text().tokenizerSize()));
    }

    public ModelInfo info() {
        return parts.info();
    }

    /** The sampling that the model's {@code generation_config.json} recommends. */
    public Options defaults() {
        return parts.defaults();
    }

    /** Starts a generation and returns at once; close it when it may end before its last piece was read. */
    public Generation generate(Prompt prompt, Options options) {
        return start(prompt, options, new GenerationJob.SequenceOwner() {
            @Override
            public Sequence open() {
                return newSequence();
            }

            @Override
            public void release(Sequence sequence) {
                sequence.close();
            }
        });
    }

    /** A conversation that keeps what the model has read of it. */
    public Chat chat() {
        return new Chat(this, List.of());
    }

    /** A conversation that goes on from these messages: a system message, earlier turns. */
    public Chat chat(List<Message> messages) {
        return new Chat(this, messages);
    }

    /** The ids of a prompt as {@link #generate} would run them. */
    public List<Integer> encode(Prompt prompt, Options options) {
        List<Integer> ids = new ArrayList<>();
        for (int id : parts.text().encode(prompt, options).ids()) {
            ids.add(id);
        }
        return ids;
    }

    /** The text that the chat template makes of a conversation. */
    public String render(Prompt.Conversation conversation, Options options) {
        return parts.text().render(conversation.messages(), options).text();
    }

    /** The text of ids; special tokens are shown. */
    public String decode(List<Integer> ids) {
        return parts.text().decode(ids);
    }

    /** Cancels running generations, waits for the step in progress and frees everything. */
    @Override
    public void close() {
        List<Output> open;
        synchronized (running) {
            if (closed) {
                return;
            }
            closed = true;
            open = List.copyOf(running);
        }
        open.forEach(Output::cancel);
        open.forEach(Output::awaitEnd);
        engine.call(parts.executor()::close);
        parts.unmap().run();
        onClose.accept(this);
    }

    Generation start(Prompt prompt, Options wishes, GenerationJob.SequenceOwner owner) {
        Stopwatch watch = new Stopwatch();
        Options wanted = wishes.orElse(parts.defaults());
        ModelText.Encoded encoded = parts.text().encode(prompt, wanted);
        int maxTokens = checkContext(encoded.ids().length, wanted.maxTokens());
        Options options = Options.builder()
                .maxTokens(maxTokens)
                .seed(ThreadLocalRandom.current().nextInt() & 0xffff_ffffL) // short enough to type again
                .build();
        options = wanted.orElse(options);
        int[] ids = encoded.ids();
        Sampler sampler = new Sampler(options.sampling(), candidates, ids.length + Math.min(maxTokens, FORESEEN));
        var request = new GenerationJob.Request(
                ids, maxTokens, sampler, encoded.answer(), parts.endIds(), parts.prefillChunk());
        Output output = new Output(parts.executor()::stepShare);
        submit(new GenerationJob(parts.executor(), owner, request, output, watch), output);
        return new Generation(output, options);
    }

    /** Refuses what cannot fit; returns the most tokens to generate. */
    private int checkContext(int prompt, @Nullable Integer maxTokens) {
        int context = parts.info().contextLength();
        if (prompt == 0) {
            throw new InvalidRequestException("the prompt is empty; expected at least one token");
        }
        if (prompt >= context) {
            throw new ContextLengthException(
                    String.format(
                            "the prompt has %,d tokens and the context holds %,d with the answer; shorten it%s",
                            prompt, context, larger()),
                    prompt,
                    context);
        }
        if (maxTokens != null && maxTokens > context - prompt) {
            throw new ContextLengthException(
                    String.format(
                            "a prompt of %,d tokens and max_tokens %,d make %,d, and the context holds %,d; ask for at"
                                    + " most %,d%s",
                            prompt, maxTokens, (long) prompt + maxTokens, context, context - prompt, larger()),
                    prompt,
                    context);
        }
        parts.memory().check(maxTokens == null ? prompt + 1 : prompt + maxTokens, AvailableMemory.bytes());
        return maxTokens == null ? context - prompt : maxTokens;
    }

    /** How to make room, when there can be more. */
    private String larger() {
        ModelInfo info = parts.info();
        return info.contextLength() < info.nativeContext()
                ? String.format(
                        " or load the model with a larger context (-c, the model was made for %,d)",
                        info.nativeContext())
                : ", the model was made for no more";
    }

    private void submit(GenerationJob job, Output output) {
        synchronized (running) {
            if (closed) {
                throw new ModelBrokenException("the model is closed; load it again");
            }
            running.removeIf(Output::ended);
            engine.submit(job);
            running.add(output);
        }
    }

    /** On the engine thread. */
    Sequence newSequence() {
        return new Sequence(parts.executor().newSequence());
    }

    /** Runs {@code action} between two steps, unless the model is closed and everything freed with it. */
    void whileOpen(Runnable action) {
        synchronized (running) {
            if (closed) {
                return;
            }
        }
        engine.call(action);
    }
}
