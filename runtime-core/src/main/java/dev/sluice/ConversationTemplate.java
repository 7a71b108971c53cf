package dev.sluice;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.text.ChatTemplate;
import dev.sluice.text.TemplateContext;
import dev.sluice.text.template.TemplateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The chat template of a model folder, without the model. Any thread. */
public final class ConversationTemplate {
    private final ChatTemplate template;

    private ConversationTemplate(ChatTemplate template) {
        this.template = template;
    }

    /**
     * Reads a folder's template: {@code chat_template.jinja}, else the one in {@code tokenizer_config.json}.
     *
     * @param replacement Jinja text used in place of the folder's
     * @throws InvalidModelException it is damaged, or there is none
     * @throws InvalidRequestException the replacement is no template
     */
    public static ConversationTemplate open(Path folder, @Nullable String replacement) {
        ConversationTemplate template = find(folder, replacement);
        if (template == null) {
            throw new InvalidModelException(folder
                    + ": no chat template, neither chat_template.jinja nor a key of tokenizer_config.json; give one"
                    + " with --chat-template");
        }
        return template;
    }

    /** As {@link #open}; null when the folder has no template. */
    public static @Nullable ConversationTemplate find(Path folder, @Nullable String replacement) {
        ChatTemplate template = ChatTemplateFile.load(new FolderFiles(folder), replacement);
        return template == null ? null : new ConversationTemplate(template);
    }

    /**
     * Renders a conversation.
     *
     * @param variables {@code messages}, a list of objects; {@code tools}, a list or null; {@code add_generation_prompt},
     *     false when absent; every other one is a scalar that the template may read, such as {@code enable_thinking}
     * @throws InvalidRequestException a variable of the wrong kind, or the template refuses the conversation: then the
     *     message is the template's
     * @throws InvalidModelException the template failed
     */
    public String render(Map<String, ? extends @Nullable Object> variables) {
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>(variables);
        List<Map<String, ? extends @Nullable Object>> messages = messages(arguments.remove("messages"));
        List<?> tools = tools(arguments.remove("tools"));
        boolean prompt = generationPrompt(arguments.remove("add_generation_prompt"));
        try {
            return template.render(new TemplateContext(messages, tools, prompt, arguments))
                    .text();
        } catch (TemplateException e) {
            String message = String.valueOf(e.getMessage());
            throw switch (e.kind()) {
                case RAISED, LIMIT -> new InvalidRequestException(message, e);
                case SYNTAX, EVALUATION -> new InvalidModelException(message, e);
            };
        }
    }

    @SuppressWarnings("unchecked") // JSON objects
    private static List<Map<String, ? extends @Nullable Object>> messages(@Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            throw new InvalidRequestException("messages is " + Json.kind(value) + ", expected an array of objects");
        }
        List<Map<String, ? extends @Nullable Object>> messages = new ArrayList<>(list.size());
        for (Object item : list) {
            if (!(item instanceof Map<?, ?> message)) {
                throw new InvalidRequestException(
                        "messages[" + messages.size() + "] is " + Json.kind(item) + ", expected an object");
            }
            messages.add((Map<String, ? extends @Nullable Object>) message);
        }
        return messages;
    }

    private static @Nullable List<?> tools(@Nullable Object value) {
        if (value != null && !(value instanceof List<?>)) {
            throw new InvalidRequestException("tools is " + Json.kind(value) + ", expected an array");
        }
        return (List<?>) value;
    }

    private static boolean generationPrompt(@Nullable Object value) {
        if (value != null && !(value instanceof Boolean)) {
            throw new InvalidRequestException(
                    "add_generation_prompt is " + Json.kind(value) + ", expected true or false");
        }
        return Boolean.TRUE.equals(value);
    }
}
