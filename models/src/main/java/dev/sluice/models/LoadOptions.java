package dev.sluice.models;

import dev.sluice.error.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * What the caller may change about a model while loading it.
 *
 * @param yarnFactor context extension by YaRN with this factor, in place of what the configuration says; null keeps the
 *     configuration
 */
public record LoadOptions(@Nullable Double yarnFactor) {
    /** The model as its configuration describes it. */
    public static final LoadOptions DEFAULTS = new LoadOptions(null);

    public LoadOptions {
        if (yarnFactor != null && !(yarnFactor >= 1 && yarnFactor <= 1024)) {
            throw new InvalidRequestException("rope factor " + yarnFactor + "; expected a number from 1 to 1024");
        }
    }
}
