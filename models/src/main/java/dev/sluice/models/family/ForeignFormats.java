package dev.sluice.models.family;

import java.util.Collection;
import java.util.Map;

/** Quantised formats that are not read, by how the names of their tensors end. */
final class ForeignFormats {
    private static final Map<String, String> BY_ENDING = Map.of(
            ".qweight", "GPTQ or AWQ",
            ".weight_packed", "compressed-tensors or NVFP4",
            ".weight_scale_2", "ModelOpt NVFP4",
            ".weight_scale", "compressed-tensors or ModelOpt",
            ".absmax", "bitsandbytes",
            ".SCB", "bitsandbytes",
            "_blocks", "MXFP4",
            "_proj_scale_inv", "fused FP8 experts");

    private ForeignFormats() {}

    /** What names that have no place say about the file, as the end of a message; empty when they say nothing. */
    static String hint(Collection<String> names) {
        return BY_ENDING.entrySet().stream()
                .filter(format -> names.stream().anyMatch(name -> name.endsWith(format.getKey())))
                .map(format -> "; the names look like " + format.getValue() + ", which is not read")
                .sorted()
                .findFirst()
                .orElse("");
    }
}
