package dev.sluice.text;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.text.template.RenderedPrompt;
import dev.sluice.text.template.Template;
import dev.sluice.text.template.TemplateException;
import dev.sluice.text.template.TrustedText;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model's chat template: turns a conversation into a prompt. Immutable; many threads may render at once.
 *
 * <p>Control tokens are what the template itself writes. Text that came with the conversation is marked as content in the
 * {@link RenderedPrompt}, wherever the template puts it and whatever it does to it, so that a {@code <|im_end|>} in a message
 * is encoded as the characters it is made of.
 */
public final class ChatTemplate {
    private final Template template;
    private final Map<String, String> specialTokens;
    private final Supplier<LocalDateTime> now;

    private ChatTemplate(Template template, Map<String, String> specialTokens, Supplier<LocalDateTime> now) {
        this.template = template;
        this.specialTokens = specialTokens;
        this.now = now;
    }

    /** {@link #parse(String, String, Map, Supplier)} without special tokens, with the system's clock. */
    public static ChatTemplate parse(String source, String where) {
        return parse(source, where, Map.of(), LocalDateTime::now);
    }

    /**
     * @param source the template, from {@code chat_template.jinja} or {@code tokenizer_config.json}
     * @param where its name in error messages
     * @param specialTokens variables that hold control tokens, such as {@code bos_token} and {@code eos_token}
     * @param now the local time that {@code strftime_now} reads
     * @throws TemplateException it is no template, or uses what is not supported
     */
    public static ChatTemplate parse(
            String source, String where, Map<String, String> specialTokens, Supplier<LocalDateTime> now) {
        return new ChatTemplate(Template.parse(source, where), Map.copyOf(specialTokens), now);
    }

    /**
     * Renders a conversation.
     *
     * @throws TemplateException the template fails; of kind {@code RAISED} when it refuses the conversation, with a message
     *     for the user
     * @throws InvalidRequestException an argument of the conversation has the name of a special token
     */
    public RenderedPrompt render(TemplateContext context) {
        for (String name : context.arguments().keySet()) {
            if (specialTokens.containsKey(name)) {
                throw new InvalidRequestException(
                        "template argument '" + name + "' is the model's, it cannot be given");
            }
        }
        return render(context.variables());
    }

    /**
     * Renders with variables as they are: null, booleans, numbers, strings, and lists and maps of them.
     *
     * @throws TemplateException as {@link #render(TemplateContext)}
     */
    public RenderedPrompt render(Map<String, ? extends @Nullable Object> variables) {
        Map<String, @Nullable Object> all = new HashMap<>();
        specialTokens.forEach((name, token) -> all.put(name, new TrustedText(token)));
        all.putAll(variables);
        return template.render(all, now);
    }
}
