package dev.sluice.cli;

import dev.sluice.KvType;
import dev.sluice.LoadOptions;
import dev.sluice.error.InvalidRequestException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model, and how it is loaded. */
final class ModelFlags {
    enum RopeScaling {
        none,
        yarn
    }

    @Mixin
    ModelOption model = new ModelOption();

    @Option(
            names = {"-c", "--ctx-size"},
            paramLabel = "N",
            description = "Most tokens of prompt and answer. Default: what the model was made for, or as much of it as"
                    + " memory holds, which is said. Memory is taken as the text grows.")
    @Nullable
    Integer context;

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "Threads that compute. Default: the physical cores this process may use.")
    @Nullable
    Integer threads;

    @Option(
            names = {"-b", "--batch-size"},
            paramLabel = "N",
            description = "Tokens of a prompt run in one step. Default: 512.")
    @Nullable
    Integer batch;

    @Option(
            names = "--kv-type",
            paramLabel = "bf16|f32",
            defaultValue = "bf16",
            description = "Type of cached keys and values. Default: bf16.")
    String kvType = "bf16";

    @Mixin
    ActivationsFlag activations = new ActivationsFlag();

    @Option(
            names = "--rope-scaling",
            paramLabel = "none|yarn",
            description = "How to stretch the context beyond what the model was made for; needs --rope-factor.")
    @Nullable
    RopeScaling ropeScaling;

    @Option(
            names = "--rope-factor",
            paramLabel = "F",
            description = "Stretch by this factor (YaRN); 4 makes 262144 1048576.")
    @Nullable
    Double ropeFactor;

    @Option(
            names = "--chat-template",
            paramLabel = "FILE",
            description = "A Jinja template used in place of the model's own.")
    @Nullable
    Path chatTemplate;

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
