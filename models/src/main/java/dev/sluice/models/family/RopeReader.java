package dev.sluice.models.family;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.Architecture.RopeSpec;
import dev.sluice.models.Architecture.Yarn;
import dev.sluice.models.checkpoint.JsonObject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rotary parameters in their spellings ({@code spec/model.md} §1.4): flat keys, {@code rope_scaling} (old) or
 * {@code rope_parameters} (new). Where two of them say different things the file is refused.
 */
final class RopeReader {
    private static final double MAX_THETA = 1e15;

    private final JsonObject text;
    private final int headDim;
    private final int maxPositions;
    private final double partialDefault;

    /** @param partialDefault what a missing {@code partial_rotary_factor} means in the family */
    RopeReader(JsonObject text, int headDim, int maxPositions, double partialDefault) {
        this.text = text;
        this.headDim = headDim;
        this.maxPositions = maxPositions;
        this.partialDefault = partialDefault;
    }

    /** @param yarnFactor the caller's own YaRN factor, or null */
    RopeSpec read(@Nullable Double yarnFactor) {
        JsonObject scaling = text.object("rope_scaling");
        JsonObject parameters = text.object("rope_parameters");
        RopeSpec spec = spec(scaling != null ? scaling : parameters);
        if (scaling != null && parameters != null && !spec.equals(spec(parameters))) {
            throw new InvalidModelException(
                    scaling.where() + " and " + parameters.where() + " differ; remove the one that does not apply");
        }
        return yarnFactor == null ? spec : new RopeSpec(spec.theta(), spec.rotaryDim(), extended(spec, yarnFactor));
    }

    private Yarn extended(RopeSpec spec, double factor) {
        Yarn given = spec.yarn();
        return given == null
                ? new Yarn(factor, maxPositions, 32, 1, magnitude(factor, 1))
                : new Yarn(
                        factor, given.originalMaxPositions(), given.betaFast(), given.betaSlow(), magnitude(factor, 1));
    }

    private RopeSpec spec(@Nullable JsonObject object) {
        Double theta = agreed(object, "rope_theta", 1, MAX_THETA);
        if (theta == null) {
            throw new InvalidModelException(text.where("rope_theta") + " is missing; expected a number above 1");
        }
        Double partial = agreed(object, "partial_rotary_factor", 0, 1);
        int rotaryDim = (int) (headDim * (partial == null ? partialDefault : partial));
        if (rotaryDim < 2 || rotaryDim % 2 != 0) {
            throw new InvalidModelException(text.where("partial_rotary_factor") + " makes " + rotaryDim + " of "
                    + headDim + " components rotate; expected an even number above 0");
        }
        return new RopeSpec(theta, rotaryDim, object == null ? null : yarn(object));
    }

    /** A value given in the object, flat, or in both alike. */
    private @Nullable Double agreed(@Nullable JsonObject object, String key, double min, double max) {
        Double flat = text.number(key, min, max);
        Double inner = object == null ? null : object.number(key, min, max);
        if (object != null && inner != null && flat != null && !inner.equals(flat)) {
            throw new InvalidModelException(text.where(key) + " is " + flat + " but " + object.where(key) + " is "
                    + inner + "; remove the one that does not apply");
        }
        return inner != null ? inner : flat;
    }

    private @Nullable Yarn yarn(JsonObject object) {
        return switch (type(object)) {
            case "default", "mrope" -> null;
            case "yarn" -> readYarn(object);
            default ->
                throw new UnsupportedModelException(object.where("rope_type") + " is \"" + type(object)
                        + "\"; supported are default, mrope and yarn");
        };
    }

    private static String type(JsonObject object) {
        String type = object.string("rope_type");
        String alias = object.string("type");
        if (type == null) {
            return alias == null ? "default" : alias;
        }
        if (alias != null && !plain(alias).equals(plain(type))) {
            throw new InvalidModelException(
                    object.where("rope_type") + " is \"" + type + "\" but type is \"" + alias + "\"; remove one");
        }
        return type;
    }

    private static String plain(String type) {
        return type.equals("mrope") ? "default" : type;
    }

    private Yarn readYarn(JsonObject object) {
        Double factor = object.number("factor", 1, 1024);
        if (factor == null) {
            throw new InvalidModelException(object.where("factor") + " is missing; YaRN needs the extension factor");
        }
        if (!object.bool("truncate", true)) {
            throw new UnsupportedModelException(object.where("truncate") + " is false; only true is supported");
        }
        int original = object.integer("original_max_position_embeddings", maxPositions, 1, DecoderConfig.MAX_POSITIONS);
        double fast = Objects.requireNonNullElse(object.number("beta_fast", 1e-3, 1e6), 32.0);
        double slow = Objects.requireNonNullElse(object.number("beta_slow", 1e-3, 1e6), 1.0);
        return new Yarn(factor, original, fast, slow, attentionFactor(object, factor));
    }

    private static double attentionFactor(JsonObject object, double factor) {
        Double given = object.number("attention_factor", 1e-3, 1e3);
        if (given != null) {
            return given;
        }
        double scale = Objects.requireNonNullElse(object.number("mscale", 0, 1e3), 0.0);
        double allDims = Objects.requireNonNullElse(object.number("mscale_all_dim", 0, 1e3), 0.0);
        return scale != 0 && allDims != 0
                ? magnitude(factor, scale) / magnitude(factor, allDims)
                : magnitude(factor, 1);
    }

    /** {@code g(s, c)} of {@code spec/model.md} §7. */
    private static double magnitude(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }
}
