package dev.sluice.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation.
 *
 * @param role {@code system}, {@code user}, {@code assistant} or {@code tool}
 * @param content the text, or null for an assistant that only called tools
 * @param reasoning what the assistant thought before it spoke, or null
 * @param toolCalls what the assistant called
 */
public record ChatMessage(
        String role, @Nullable String content, @Nullable String reasoning, List<ToolCall> toolCalls) {

    /**
     * @param name of the function
     * @param arguments by name, JSON values
     */
    public record ToolCall(String name, Map<String, ? extends @Nullable Object> arguments) {}

    public static ChatMessage system(String content) {
        return new ChatMessage("system", content, null, List.of());
    }

    public static ChatMessage user(String content) {
        return new ChatMessage("user", content, null, List.of());
    }

    public static ChatMessage assistant(String content) {
        return new ChatMessage("assistant", content, null, List.of());
    }

    /** The result of a tool call. */
    public static ChatMessage tool(String content) {
        return new ChatMessage("tool", content, null, List.of());
    }

    /** The message as the JSON object that templates read. */
    public Map<String, @Nullable Object> fields() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("role", role);
        fields.put("content", content);
        if (reasoning != null) {
            fields.put("reasoning_content", reasoning);
        }
        if (!toolCalls.isEmpty()) {
            fields.put(
                    "tool_calls",
                    toolCalls.stream()
                            .map(call -> Map.of(
                                    "type",
                                    "function",
                                    "function",
                                    Map.of("name", call.name(), "arguments", call.arguments())))
                            .toList());
        }
        return fields;
    }
}
