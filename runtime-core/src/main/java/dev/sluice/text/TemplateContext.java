package dev.sluice.text;

import dev.sluice.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template is rendered with.
 *
 * @param messages in order, each a JSON object with {@code role}, {@code content} and more; see {@link ChatMessage}
 * @param tools JSON objects as in a request, or null for none
 * @param addGenerationPrompt whether the prompt ends where the assistant begins to speak
 * @param arguments further variables such as {@code enable_thinking}: null, booleans, numbers and strings
 */
public record TemplateContext(
        List<? extends Map<String, ? extends @Nullable Object>> messages,
        @Nullable List<?> tools,
        boolean addGenerationPrompt,
        Map<String, ? extends @Nullable Object> arguments) {

    private static final Set<String> RESERVED =
            Set.of("messages", "tools", "documents", "add_generation_prompt", "tokenize");
    /** Where clients put the reasoning of an earlier turn; the first that is there wins. */
    private static final List<String> REASONING = List.of("reasoning_content", "thinking", "reasoning");

    /** @throws InvalidRequestException an argument with a reserved name or a value that is no scalar */
    public TemplateContext {
        arguments.forEach((name, value) -> {
            if (RESERVED.contains(name)) {
                throw new InvalidRequestException(
                        "template argument '" + name + "' is reserved; it is part of the request");
            }
            boolean scalar =
                    value == null || value instanceof Boolean || value instanceof Number || value instanceof String;
            if (!scalar) {
                throw new InvalidRequestException("template argument '" + name
                        + "' must be a string, a number, a boolean or null, found a "
                        + value.getClass().getSimpleName());
            }
        });
    }

    /** A conversation without tools or arguments, ready for the assistant to speak. */
    public static TemplateContext of(List<ChatMessage> messages) {
        return new TemplateContext(messages.stream().map(ChatMessage::fields).toList(), null, true, Map.of());
    }

    /** The variables of the template. */
    Map<String, @Nullable Object> variables() {
        Map<String, @Nullable Object> variables = new HashMap<>(arguments);
        List<Map<String, ? extends @Nullable Object>> prepared = new ArrayList<>(messages.size());
        messages.forEach(message -> prepared.add(withReasoning(message)));
        variables.put("messages", prepared);
        variables.put("tools", tools);
        variables.put("documents", null);
        variables.put("add_generation_prompt", addGenerationPrompt);
        return variables;
    }

    /** The reasoning of a message under the names that templates read. */
    private static Map<String, ? extends @Nullable Object> withReasoning(
            Map<String, ? extends @Nullable Object> message) {
        for (String name : REASONING) {
            Object reasoning = message.get(name);
            if (reasoning != null) {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>(message);
                if (!fields.containsKey("thinking")) {
                    fields.put("thinking", reasoning);
                }
                fields.put("reasoning_content", reasoning);
                return fields;
            }
        }
        return message;
    }
}
