package dev.sluice;

import dev.sluice.engine.Sequence;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.SluiceException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with its history. Each answer joins the history when it ends, cancelled ones as far as they came; one
 * that failed, or was cancelled before its first word, leaves the history as it was. Turns are never dropped to make room: what exceeds the context is refused.
 *
 * <p>The model does not read again what it has read, as long as the new prompt begins with exactly those tokens. One
 * answer at a time; any thread may call.
 */
public final class Chat implements AutoCloseable {
    private final Model model;
    private final Memory memory = new Memory();
    private List<Message> messages;
    private List<Message> beforeAnswer = List.of();
    private @Nullable Generation answer;

    Chat(Model model, List<Message> messages) {
        this.model = model;
        this.messages = List.copyOf(messages);
    }

    /** Says something and starts the answer. */
    public synchronized Generation send(String text, Options options) {
        settle();
        return ask(with(messages, Message.user(text)), options);
    }

    /** Starts another answer to the last user turn, in place of the one it had. */
    public synchronized Generation regenerate(Options options) {
        settle();
        int user = lastUser();
        if (user < 0) {
            throw new InvalidRequestException("there is nothing to answer again: no user turn yet");
        }
        return ask(messages.subList(0, user + 1), options);
    }

    /** Takes back the last user turn and its answer; false when there is none. */
    public synchronized boolean undo() {
        settle();
        int user = lastUser();
        if (user < 0) {
            return false;
        }
        messages = List.copyOf(messages.subList(0, user));
        return true;
    }

    /** The history; an answer in progress is not yet part of it. */
    public synchronized List<Message> messages() {
        if (answer != null && answer.ended()) {
            settle();
        }
        return messages;
    }

    /** Replaces the history: a new system message, a conversation from elsewhere. */
    public synchronized void messages(List<Message> replacement) {
        settle();
        messages = List.copyOf(replacement);
    }

    /** Ends an answer in progress and frees what the model remembers. */
    @Override
    public synchronized void close() {
        if (answer != null) {
            answer.close();
        }
        model.whileOpen(memory::close);
    }

    private Generation ask(List<Message> prompt, Options options) {
        Generation started = model.start(new Prompt.Conversation(prompt), options, memory);
        beforeAnswer = messages;
        messages = List.copyOf(prompt);
        answer = started;
        return started;
    }

    private void settle() {
        Generation last = answer;
        if (last == null) {
            return;
        }
        if (!last.ended()) {
            throw new InvalidRequestException(
                    "the last answer is not finished; read it to its end, cancel it or close it before going on");
        }
        answer = null;
        try {
            Reply reply = last.await();
            if (reply.content().isEmpty()
                    && reply.reasoning().isEmpty()
                    && reply.finishReason() == FinishReason.CANCELLED) {
                messages = beforeAnswer;
                return;
            }
            String reasoning = reply.reasoning().isEmpty() ? null : reply.reasoning();
            messages = with(messages, new Message("assistant", reply.content(), reasoning));
        } catch (SluiceException e) { // whoever read the answer has seen it
            messages = beforeAnswer;
        }
    }

    private int lastUser() {
        int i = messages.size() - 1;
        while (i >= 0 && !messages.get(i).role().equals("user")) {
            i--;
        }
        return i;
    }

    private static List<Message> with(List<Message> messages, Message next) {
        List<Message> out = new ArrayList<>(messages);
        out.add(next);
        return List.copyOf(out);
    }

    /** The sequence of this conversation; engine thread only. */
    private final class Memory implements GenerationJob.SequenceOwner {
        private @Nullable Sequence sequence;

        @Override
        public Sequence open() {
            if (sequence == null) {
                sequence = model.newSequence();
            }
            return sequence;
        }

        @Override
        public void release(Sequence used) {} // it stays for the next turn

        void close() {
            if (sequence != null) {
                sequence.close();
                sequence = null;
            }
        }
    }
}
