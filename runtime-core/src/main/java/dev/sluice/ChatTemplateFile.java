package dev.sluice;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.SluiceException;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.text.ChatTemplate;
import dev.sluice.text.template.TemplateException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Finds a model's chat template: {@code chat_template.jinja}, else a key of {@code tokenizer_config.json}. */
final class ChatTemplateFile {
    /** Released ones stay below 20 kB. */
    private static final int MAX_BYTES = 1 << 20;

    private static final List<String> SPECIAL_TOKENS = List.of("bos_token", "eos_token", "pad_token", "unk_token");

    private ChatTemplateFile() {}

    /**
     * The template, or null when the model has none.
     *
     * @param override Jinja text to use in place of the folder's
     */
    static @Nullable ChatTemplate load(FolderFiles files, @Nullable String override) {
        Path configFile = files.find("tokenizer_config.json");
        JsonObject config = configFile == null ? null : JsonObject.read(configFile);
        Map<String, String> tokens = config == null ? Map.of() : specialTokens(config);
        if (override != null) {
            return parse(override, "the given chat template", tokens, InvalidRequestException::new);
        }
        Path file = files.find("chat_template.jinja");
        if (file != null) {
            return parse(read(file), file.toString(), tokens, InvalidModelException::new);
        }
        String inConfig = config == null ? null : inConfig(config);
        return inConfig == null
                ? null
                : parse(inConfig, files.folder() + "/tokenizer_config.json", tokens, InvalidModelException::new);
    }

    private static ChatTemplate parse(
            String source,
            String where,
            Map<String, String> tokens,
            BiFunction<String, Throwable, SluiceException> refusal) {
        try {
            return ChatTemplate.parse(source, where, tokens, LocalDateTime::now);
        } catch (TemplateException e) {
            throw refusal.apply(e.getMessage() + "; expected a Jinja template that Sluice can run", e);
        }
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new InvalidModelException(file + ": larger than " + MAX_BYTES + " bytes; no template needs that");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InvalidModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** One template, or a list of named ones of which the one called default counts. */
    private static @Nullable String inConfig(JsonObject config) {
        if (!(config.raw("chat_template") instanceof List<?> named)) {
            return config.string("chat_template");
        }
        for (Object item : named) {
            if (item instanceof JsonObject object && "default".equals(object.string("name"))) {
                return object.string("template");
            }
        }
        throw new InvalidModelException(
                config.where("chat_template") + ": " + named.size() + " templates, and none of them is named default");
    }

    /** Each a string or an object with the text as {@code content}. */
    private static Map<String, String> specialTokens(JsonObject config) {
        Map<String, String> tokens = new HashMap<>();
        for (String name : SPECIAL_TOKENS) {
            String text =
                    config.raw(name) instanceof JsonObject object ? object.string("content") : config.string(name);
            if (text != null) {
                tokens.put(name, text);
            }
        }
        return tokens;
    }
}
