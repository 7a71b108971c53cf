package dev.sluice;

import dev.sluice.engine.StopMatcher;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.text.Tokenizer;
import java.util.List;

/** Text in and out of one model: its tokenizer and its chat template. */
final class ModelText {
    /** A prompt's ids and the reader of what follows them. */
    record Encoded(int[] ids, AnswerText answer) {}

    private final Tokenizer tokenizer;

    ModelText(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    int tokenizerSize() {
        return tokenizer.size();
    }

    Encoded encode(Prompt prompt, Options options) {
        int[] ids = switch (prompt) {
            case Prompt.Raw(String text) -> tokenizer.encode(text, Tokenizer.Specials.ALL);
            case Prompt.Ids(List<Integer> given) -> checked(given);
            case Prompt.Conversation _ -> throw new InvalidRequestException("no chat template");
        };
        List<String> stop = options.stop();
        StopMatcher stops = new StopMatcher(stop == null ? List.of() : stop);
        return new Encoded(ids, new AnswerText(tokenizer.streamDecoder(true), stops));
    }

    String decode(List<Integer> ids) {
        return tokenizer.decode(checked(ids), false);
    }

    private int[] checked(List<Integer> ids) {
        return ids.stream()
                .mapToInt(id -> {
                    if (id < 0 || id >= tokenizer.size()) {
                        throw new InvalidRequestException("token id " + id + ", expected 0 to " + (tokenizer.size() - 1)
                                + ", the ids of the tokenizer");
                    }
                    return id;
                })
                .toArray();
    }
}
