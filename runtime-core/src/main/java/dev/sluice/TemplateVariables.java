package dev.sluice;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.models.checkpoint.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Variables that a caller gives to a chat template: scalars under names of his own. */
final class TemplateVariables {
    private static final Set<String> TAKEN =
            Set.of("messages", "tools", "documents", "add_generation_prompt", "tokenize");

    private TemplateVariables() {}

    /** From one JSON object. */
    static Map<String, Object> parse(String json) {
        JsonObject object;
        try {
            object = JsonObject.parse("template variables", json.getBytes(StandardCharsets.UTF_8));
        } catch (InvalidModelException e) {
            throw new InvalidRequestException(String.valueOf(e.getMessage()), e);
        }
        Map<String, Object> variables = new LinkedHashMap<>();
        for (String key : object.keys()) {
            Object value = object.raw(key);
            if (value != null) {
                variables.put(key, value);
            }
        }
        check(variables);
        return variables;
    }

    static void check(Map<String, Object> variables) {
        variables.forEach((name, value) -> {
            if (TAKEN.contains(name)) {
                throw new InvalidRequestException(
                        "template variable " + name + " is set by Sluice and cannot be given");
            }
            if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
                throw new InvalidRequestException("template variable " + name + " is a "
                        + value.getClass().getSimpleName() + ", expected a string, a number or a boolean");
            }
        });
    }
}
