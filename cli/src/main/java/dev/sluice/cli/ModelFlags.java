package dev.sluice.cli;

import dev.sluice.KvType;
import dev.sluice.LoadOptions;
import dev.sluice.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which model, and how it is loaded. */
final class ModelFlags {
    enum RopeScaling {
        none,
        yarn
    }

    final ModelOption model = new ModelOption();

    private @Nullable Integer context;

    @Nullable
    Integer threads;

    private @Nullable Integer batch;
    private String kvType = "bf16";
    private final ActivationsFlag activations = new ActivationsFlag();

    private @Nullable RopeScaling ropeScaling;
    private @Nullable Double ropeFactor;
    private @Nullable Path chatTemplate;

    void addTo(Flags flags) {
        model.addTo(flags);
        flags.option(
                        "-c, --ctx-size=N",
                        "Most tokens of prompt and answer. Default: what the model was made for, or as much of it as"
                                + " memory holds, which is said. Memory is taken as the text grows.")
                .value(Integer.class, given -> context = given);
        flags.option("-t, --threads=N", "Threads that compute. Default: the physical cores this process may use.")
                .value(Integer.class, given -> threads = given);
        flags.option("-b, --batch-size=N", "Tokens of a prompt run in one step. Default: 512.")
                .value(Integer.class, given -> batch = given);
        flags.option("--kv-type=bf16|f32", "Type of cached keys and values. Default: bf16.")
                .value(String.class, kvType, given -> kvType = given);
        activations.addTo(flags);
        flags.option(
                        "--rope-scaling=none|yarn",
                        "How to stretch the context beyond what the model was made for; needs --rope-factor.")
                .value(RopeScaling.class, given -> ropeScaling = given);
        flags.option("--rope-factor=F", "Stretch by this factor (YaRN); 4 makes 262144 1048576.")
                .value(Double.class, given -> ropeFactor = given);
        flags.option("--chat-template=FILE", "A Jinja template used in place of the model's own.")
                .value(Path.class, given -> chatTemplate = given);
    }

    LoadOptions options() {
        LoadOptions.Builder builder = LoadOptions.builder().kvType(kvType()).activations(activations.type());
        if (context != null) {
            builder.contextLength(context);
        }
        if (batch != null) {
            builder.prefillChunk(batch);
        }
        if (ropeFactor == null && ropeScaling == RopeScaling.yarn) {
            throw new InvalidRequestException("--rope-scaling yarn needs --rope-factor");
        }
        if (ropeFactor != null && ropeScaling != RopeScaling.none) {
            builder.ropeFactor(ropeFactor);
        }
        if (chatTemplate != null) {
            builder.chatTemplate(TextSource.file(chatTemplate));
        }
        return builder.build();
    }

    private KvType kvType() {
        try {
            return KvType.valueOf(kvType.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException("--kv-type is " + kvType + ", expected bf16 or f32", e);
        }
    }
}
