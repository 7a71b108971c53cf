package dev.sluice.models.family;

import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.checkpoint.JsonObject;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The families by {@code model_type}. Class names in {@code architectures} are not looked at. */
final class Families {
    private static final Map<String, Family> BY_TYPE = families();

    private Families() {}

    private static Map<String, Family> families() {
        Family dense = new Qwen35(false);
        Family moe = new Qwen35(true);
        return Collections.unmodifiableMap(new TreeMap<>(Map.of(
                "qwen3", new Qwen3(),
                "qwen3_moe", new Qwen3Moe(),
                "qwen3_next", new Qwen3Next(),
                "qwen3_5", dense,
                "qwen3_5_text", dense,
                "qwen3_5_moe", moe,
                "qwen3_5_moe_text", moe)));
    }

    /** The values of {@code model_type} that can be read, sorted. */
    static Collection<String> supported() {
        return BY_TYPE.keySet();
    }

    /** The family of a configuration. */
    static Family of(ModelConfig config) {
        Family family = find(config.modelType(), config.text());
        String outer = config.outerType();
        if (outer != null && !family.equals(find(outer, config.root()))) {
            throw config.text()
                    .wrong("model_type", config.modelType(), "a text model of the outer model_type " + outer);
        }
        return family;
    }

    private static Family find(String type, JsonObject where) {
        if (type.startsWith("qwen4_exp")) {
            throw new UnsupportedModelException(where.where("model_type") + " is \"" + type
                    + "\" (Qwen3.8-Flash-Next), a different architecture that Sluice does not run; supported are "
                    + String.join(", ", supported()));
        }
        if (!BY_TYPE.containsKey(type)) {
            throw new UnsupportedModelException(where.where("model_type") + " is \"" + type + "\"; supported are "
                    + String.join(", ", supported()));
        }
        return Objects.requireNonNull(BY_TYPE.get(type));
    }
}
