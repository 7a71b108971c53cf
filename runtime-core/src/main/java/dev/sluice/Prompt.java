package dev.sluice;

import java.util.List;

/** What a generation begins with. */
public sealed interface Prompt {
    /**
     * A conversation, rendered by the model's chat template. Control tokens are recognised in the template's own text
     * and are plain text in messages.
     */
    record Conversation(List<Message> messages) implements Prompt {
        public Conversation {
            messages = List.copyOf(messages);
        }
    }

    /** Text for the tokenizer as it is. All added tokens are recognised, so it must not hold text of others. */
    record Raw(String text) implements Prompt {}

    /** Ids made by {@link Model#encode} or elsewhere. */
    record Ids(List<Integer> ids) implements Prompt {
        public Ids {
            ids = List.copyOf(ids);
        }
    }

    /** One question. */
    static Prompt user(String content) {
        return new Conversation(List.of(Message.user(content)));
    }

    static Prompt conversation(Message... messages) {
        return new Conversation(List.of(messages));
    }

    static Prompt raw(String text) {
        return new Raw(text);
    }
}
