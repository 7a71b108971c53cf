package dev.sluice.cli;

import dev.sluice.ActivationType;
import dev.sluice.error.InvalidRequestException;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What matrix products read activations as. */
final class ActivationsFlag {
    @Option(
            names = "--activations",
            paramLabel = "f32|bf16",
            defaultValue = "f32",
            description = "What matrix products read activations as. bf16 rounds them and computes in C: slightly other"
                    + " answers, faster prompts on some processors (bench tells);"
                    + " needs AVX512_BF16. Default: f32.")
    String activations = "f32";

    ActivationType type() {
        return switch (activations.toLowerCase(Locale.ROOT)) {
            case "f32" -> ActivationType.F32;
            case "bf16" -> ActivationType.BF16;
            case "int8" ->
                throw new InvalidRequestException("--activations int8 is not available; expected f32 or bf16");
            default -> throw new InvalidRequestException("--activations is " + activations + ", expected f32 or bf16");
        };
    }
}
