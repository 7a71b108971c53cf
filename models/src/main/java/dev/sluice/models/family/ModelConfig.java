package dev.sluice.models.family;

import dev.sluice.error.InvalidModelException;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.checkpoint.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code config.json} with the nesting of multimodal files resolved ({@code spec/model.md} §1.1).
 *
 * @param root the whole file
 * @param text the part that describes the text model: {@code text_config}, or the whole file
 * @param modelType {@code model_type} of the text part
 */
record ModelConfig(JsonObject root, JsonObject text, String modelType, LoadOptions options) {
    static ModelConfig of(JsonObject root, LoadOptions options) {
        String outer = root.string("model_type");
        JsonObject text = root.object("text_config");
        String inner = text == null ? null : text.string("model_type");
        String type = inner != null ? inner : outer;
        if (type == null) {
            throw new InvalidModelException(root.where("model_type") + " is missing; expected one of "
                    + String.join(", ", Families.supported()));
        }
        if (text != null) {
            refuseMisplacedRope(root, text);
        }
        return new ModelConfig(root, text == null ? root : text, type, options);
    }

    /** Beside {@code text_config} these keys would do nothing, without a sign of it ({@code spec/model.md} §7). */
    private static void refuseMisplacedRope(JsonObject root, JsonObject text) {
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            if (root.has(key)) {
                throw new InvalidModelException(
                        root.where(key) + " stands outside the text model; move it to " + text.where(key));
            }
        }
    }

    /** {@code model_type} of the whole file, which names the family of a multimodal wrapper. */
    @Nullable
    String outerType() {
        return root.string("model_type");
    }
}
