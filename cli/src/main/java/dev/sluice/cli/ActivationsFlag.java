package dev.sluice.cli;

import dev.sluice.ActivationType;
import dev.sluice.error.InvalidRequestException;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** What matrix products read activations as. */
final class ActivationsFlag {
    @Option(
            names = "--activations",
            paramLabel = "f32|bf16|int8",
            defaultValue = "f32",
            description = "What matrix products read activations as. Others than f32 round them and compute in C:"
                    + " slightly other answers. int8 makes models of affine 4 and 8-bit weights much faster and leaves"
                    + " other weights as they are; needs AVX512_VNNI. bf16 reads prompts faster on some processors"
                    + " (bench tells); needs AVX512_BF16. Default: f32.")
    String activations = "f32";

    ActivationType type() {
        return Arrays.stream(ActivationType.values())
                .filter(type -> type.label().equalsIgnoreCase(activations))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        "--activations is " + activations + ", expected f32, bf16 or int8"));
    }
}
