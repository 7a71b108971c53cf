package dev.sluice.models.family;

import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.family.Quantisation.Groups;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code quantization_config} and MLX's {@code quantization} ({@code spec/model.md} §6). */
final class QuantisationReader {
    private static final String READABLE = "; Sluice reads BF16, F16 and F32 checkpoints, official block FP8 "
            + "(quant_method fp8, 128 x 128) and MLX affine 4 and 8 bit";

    private QuantisationReader() {}

    static Quantisation read(JsonObject root) {
        JsonObject mlx = root.object("quantization");
        if (mlx != null) {
            return affine(mlx);
        }
        JsonObject config = root.object("quantization_config");
        if (config == null) {
            JsonObject text = root.object("text_config");
            config = text == null ? null : text.object("quantization_config");
        }
        if (config == null) {
            return new Quantisation.None();
        }
        String method = config.string("quant_method");
        if (method == null && config.has("group_size") && config.has("bits")) {
            return affine(config);
        }
        if (method == null || !method.equals("fp8")) {
            throw new UnsupportedModelException(
                    config.where("quant_method") + " is \"" + method + "\", which is not read" + READABLE);
        }
        return fp8(config);
    }

    private static Quantisation fp8(JsonObject config) {
        String format = config.string("fmt");
        if (format != null && !format.equals("e4m3")) {
            throw new UnsupportedModelException(config.where("fmt") + " is \"" + format + "\"; supported is e4m3");
        }
        String scheme = config.string("activation_scheme");
        if (scheme != null && !scheme.equals("dynamic")) {
            throw new UnsupportedModelException(
                    config.where("activation_scheme") + " is \"" + scheme + "\"; supported is dynamic");
        }
        List<Integer> block = config.integers("weight_block_size", 1, 1 << 16);
        if (!block.equals(List.of(128, 128))) {
            throw new UnsupportedModelException(config.where("weight_block_size") + " is "
                    + (block.isEmpty() ? "missing" : block) + "; supported is [128, 128]");
        }
        List<String> excluded = config.strings("modules_to_not_convert");
        List<String> ignored = config.strings("ignored_layers");
        Set<String> all = new HashSet<>(Objects.requireNonNullElse(excluded, List.of()));
        all.addAll(Objects.requireNonNullElse(ignored, List.of()));
        return new Quantisation.Fp8(Set.copyOf(all));
    }

    private static Quantisation affine(JsonObject config) {
        Groups defaults = groups(config, new Groups(4, 64));
        Map<String, @Nullable Groups> overrides = new HashMap<>();
        for (String key : config.keys()) {
            Object value = config.raw(key);
            if (value instanceof JsonObject module) {
                overrides.put(key, groups(module, defaults));
            } else if (Boolean.FALSE.equals(value)) {
                overrides.put(key, null);
            }
        }
        return new Quantisation.Affine(defaults, overrides);
    }

    private static Groups groups(JsonObject object, Groups defaults) {
        String mode = object.string("mode");
        if (mode != null && !mode.equals("affine")) {
            throw new UnsupportedModelException(
                    object.where("mode") + " is \"" + mode + "\", an MLX mode that is not read" + READABLE);
        }
        int bits = object.integer("bits", defaults.bits(), 1, 64);
        int size = object.integer("group_size", defaults.size(), 1, 1 << 20);
        if (bits != 4 && bits != 8) {
            throw new UnsupportedModelException(object.where("bits") + " is " + bits + "; supported are 4 and 8");
        }
        if (size != 32 && size != 64 && size != 128) {
            throw new UnsupportedModelException(
                    object.where("group_size") + " is " + size + "; supported are 32, 64 and 128");
        }
        return new Groups(bits, size);
    }

    /** The refusal of a format that announces itself in a sibling {@code hf_quant_config.json} (ModelOpt). */
    static UnsupportedModelException modelOpt(JsonObject sibling) {
        JsonObject quantization = sibling.object("quantization");
        String algorithm = quantization == null ? null : quantization.string("quant_algo");
        return new UnsupportedModelException(sibling.where("quantization") + " is ModelOpt"
                + (algorithm == null ? "" : " " + algorithm) + ", which is not read" + READABLE);
    }
}
