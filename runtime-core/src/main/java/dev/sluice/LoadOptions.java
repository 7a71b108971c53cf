package dev.sluice;

import dev.sluice.error.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/**
 * How to load a model.
 *
 * @param contextLength most tokens of a prompt and its answer; default: what the model was made for, YaRN's factor
 *     included, or as much of it as memory holds beside the weights, which {@link ModelInfo#warnings} then says. Memory is
 *     taken as a text grows, not before
 * @param kvType what the cache of attention layers stores
 * @param prefillChunk most tokens of a prompt run in one step, 1 to 8192: a longer chunk is faster, a shorter one lets
 *     other generations in sooner
 * @param ropeFactor stretches the context by YaRN with this factor; it weakens short texts a little
 * @param chatTemplate Jinja text used in place of the model's own template
 * @param activations what matrix products read activations as
 */
public record LoadOptions(
        @Nullable Integer contextLength,
        KvType kvType,
        int prefillChunk,
        @Nullable Double ropeFactor,
        @Nullable String chatTemplate,
        ActivationType activations) {
    /** Tokens of a prompt in one step, unless asked otherwise. */
    public static final int DEFAULT_PREFILL_CHUNK = 512;

    public static final LoadOptions DEFAULTS = builder().build();

    /** Refuses values out of range, by name. */
    public LoadOptions {
        if (contextLength != null && contextLength < 2) {
            throw new InvalidRequestException("context length is " + contextLength + ", expected 2 or more tokens");
        }
        if (prefillChunk < 1 || prefillChunk > 8192) {
            throw new InvalidRequestException("prefill chunk is " + prefillChunk + ", expected 1 to 8192 tokens");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Sets what differs from the defaults. */
    public static final class Builder {
        private @Nullable Integer contextLength;
        private KvType kvType = KvType.BF16;
        private int prefillChunk = DEFAULT_PREFILL_CHUNK;
        private @Nullable Double ropeFactor;
        private @Nullable String chatTemplate;
        private ActivationType activations = ActivationType.F32;

        private Builder() {}

        public Builder contextLength(int tokens) {
            contextLength = tokens;
            return this;
        }

        public Builder kvType(KvType value) {
            kvType = value;
            return this;
        }

        public Builder prefillChunk(int tokens) {
            prefillChunk = tokens;
            return this;
        }

        public Builder ropeFactor(double value) {
            ropeFactor = value;
            return this;
        }

        public Builder chatTemplate(String jinja) {
            chatTemplate = jinja;
            return this;
        }

        /** All but {@link ActivationType#F32} are refused at load where they cannot run. */
        public Builder activations(ActivationType value) {
            activations = value;
            return this;
        }

        /** Throws {@link InvalidRequestException} when a value is out of range. */
        public LoadOptions build() {
            return new LoadOptions(contextLength, kvType, prefillChunk, ropeFactor, chatTemplate, activations);
        }
    }
}
