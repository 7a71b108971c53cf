package dev.sluice;

import dev.sluice.engine.StopMatcher;
import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.text.ChatMessage;
import dev.sluice.text.ChatTemplate;
import dev.sluice.text.ReasoningParser;
import dev.sluice.text.TemplateContext;
import dev.sluice.text.Tokenizer;
import dev.sluice.text.template.RenderedPrompt;
import dev.sluice.text.template.TemplateException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Text in and out of one model: its tokenizer and its chat template. Any thread. */
final class ModelText {
    /** A prompt's ids and the reader of what follows them. */
    record Encoded(int[] ids, AnswerText answer) {}

    private final Tokenizer tokenizer;
    private final @Nullable ChatTemplate template;

    ModelText(Tokenizer tokenizer, @Nullable ChatTemplate template) {
        this.tokenizer = tokenizer;
        this.template = template;
    }

    int tokenizerSize() {
        return tokenizer.size();
    }

    boolean hasTemplate() {
        return template != null;
    }

    Encoded encode(Prompt prompt, Options options) {
        return switch (prompt) {
            case Prompt.Raw(String text) ->
                new Encoded(tokenizer.encode(text, Tokenizer.Specials.ALL), answer(null, options));
            case Prompt.Ids(List<Integer> ids) -> new Encoded(checked(ids), answer(null, options));
            case Prompt.Conversation(List<Message> messages) -> {
                RenderedPrompt rendered = render(messages, options);
                yield new Encoded(tokenizer.encode(rendered), answer(rendered, options));
            }
        };
    }

    /** The prompt that the template makes of a conversation. */
    RenderedPrompt render(List<Message> messages, Options options) {
        if (template == null) {
            throw new InvalidRequestException(
                    "this model has no chat template; use a raw prompt (run --raw), or load it with a template (--chat-template)");
        }
        Map<String, Object> arguments = new HashMap<>();
        Map<String, Object> given = options.templateVariables();
        if (given != null) {
            arguments.putAll(given);
        }
        Boolean think = options.think();
        if (think != null) {
            arguments.put("enable_thinking", think);
        }
        var turns = messages.stream()
                .map(message -> new ChatMessage(message.role(), message.content(), message.reasoning(), List.of()))
                .map(ChatMessage::fields)
                .toList();
        try {
            return template.render(new TemplateContext(turns, null, true, arguments));
        } catch (TemplateException e) {
            throw refusal(e);
        }
    }

    private static RuntimeException refusal(TemplateException e) {
        return switch (e.kind()) {
            case RAISED ->
                new InvalidRequestException(
                        "the model's chat template refuses this conversation: " + e.getMessage(), e);
            case LIMIT ->
                new InvalidRequestException("the conversation is too much for the chat template: " + e.getMessage(), e);
            case SYNTAX, EVALUATION -> new InvalidModelException("the chat template failed: " + e.getMessage(), e);
        };
    }

    /** Reasoning is told apart only behind a template, which says where it begins. */
    private AnswerText answer(@Nullable RenderedPrompt prompt, Options options) {
        List<String> stop = options.stop();
        return new AnswerText(
                tokenizer.streamDecoder(true),
                prompt == null ? null : ReasoningParser.behind(prompt),
                new StopMatcher(stop == null ? List.of() : stop));
    }

    String decode(List<Integer> ids) {
        return tokenizer.decode(checked(ids), false);
    }

    private int[] checked(List<Integer> ids) {
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.size()) {
                throw new InvalidRequestException(
                        "token id " + id + ", expected 0 to " + (tokenizer.size() - 1) + ", the ids of the tokenizer");
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
