package dev.sluice.cli;

import dev.sluice.ActivationType;
import dev.sluice.error.InvalidRequestException;
import java.util.Arrays;

/** What matrix products read activations as. */
final class ActivationsFlag {
    private String activations = "f32";

    void addTo(Flags flags) {
        flags.option(
                        "--activations=f32|bf16|int8",
                        "What matrix products read activations as. Others than f32 round them and compute in C:"
                                + " slightly other answers. int8 makes models of affine 4 and 8-bit weights much faster and leaves"
                                + " other weights as they are; needs AVX512_VNNI. bf16 reads prompts faster on some processors"
                                + " (bench tells); needs AVX512_BF16. Default: f32.")
                .value(String.class, activations, type -> activations = type);
    }

    ActivationType type() {
        return Arrays.stream(ActivationType.values())
                .filter(type -> type.label().equalsIgnoreCase(activations))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        "--activations is " + activations + ", expected f32, bf16 or int8"));
    }
}
