package dev.sluice.models;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.kernels.Dtype;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantised weights that are read in part only, contradict their configuration, or are of other methods. */
class QuantisationRefusalTest extends RefusedFolders {
    @Test
    void halfQuantisedModules() {
        String module = "model.layers.0.linear_attn.in_proj_qkvz";
        refuses(
                fp8().remove(module + ".weight_scale_inv"),
                InvalidModelException.class,
                module + ".weight is F8_E4M3 without its scales",
                "modules_to_not_convert");
        refuses(
                fp8().put(module + ".weight", Dtype.BF16, 448, 160),
                InvalidModelException.class,
                module + ".weight_scale_inv is the scale of a quantised matrix, but " + module
                        + ".weight is BF16 [448, 160]");
        refuses(
                fp8().put(module + ".weight_scale_inv", Dtype.BF16, 4, 1),
                InvalidModelException.class,
                module + ".weight_scale_inv has shape [4, 1]; config.json implies [4, 2]");
        refuses(
                fp8().put(module + ".weight_scale_inv", Dtype.F16, 4, 2),
                InvalidModelException.class,
                module + ".weight_scale_inv is F16 [4, 2]; expected BF16 or F32");
        refuses(fp8().remove(module + ".weight"), InvalidModelException.class, module + ".weight is missing");
        refuses(
                fp8().replace("\"lm_head\",", "\"lm_head\", \"" + module + "\","),
                InvalidModelException.class,
                module + ".weight is F8_E4M3, but quantization_config.modules_to_not_convert lists " + module);
    }

    @Test
    void quantisationThatTheTensorsContradict() {
        refuses(
                fp8().replace("\"quantization_config\"", "\"quantization_was\""),
                InvalidModelException.class,
                "is F8_E4M3, but config.json has no quantization_config with quant_method fp8");
        refuses(
                next().addKeys(
                                "\"quantization_config\": {\"quant_method\": \"fp8\", \"weight_block_size\": [128, 128]}"),
                InvalidModelException.class,
                "quant_method fp8), but no tensor is; model.layers.3.self_attn.o_proj.weight is BF16");
        refuses(
                copy(Fixtures.golden("mlx-4bit-g64")).put("mtp.fc.weight", Dtype.BF16, 128, 256),
                UnsupportedModelException.class,
                "mtp.* tensors in an MLX conversion");
        ModelCopy mlx = copy(Fixtures.golden("mlx-4bit-g64"));
        refuses(
                copy(Fixtures.golden("mlx-4bit-g64"))
                        .replace("\"quantization\"", "\"was\"")
                        .replace("\"quantization_config\"", "\"was_too\""),
                InvalidModelException.class,
                "model.embed_tokens.weight holds packed codes, but config.json has no MLX \"quantization\"");
        refuses(
                mlx.remove("model.layers.0.mlp.switch_mlp.up_proj.biases"),
                InvalidModelException.class,
                "model.layers.0.mlp.switch_mlp.up_proj.biases is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gptq", "awq", "compressed-tensors", "modelopt", "bitsandbytes", "quark", "mxfp4"})
    void otherMethodsByName(String method) {
        refuses(
                next().addKeys("\"quantization_config\": {\"quant_method\": \"" + method + "\", \"bits\": 4}"),
                UnsupportedModelException.class,
                "quantization_config.quant_method is \"" + method + "\"",
                "Sluice reads BF16, F16 and F32");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`\"mode\": \"mxfp4\", \"bits\": 4, \"group_size\": 32` | quantization.mode is \"mxfp4\"",
                "`\"mode\": \"nvfp4\"` | quantization.mode is \"nvfp4\"",
                "`\"bits\": 3, \"group_size\": 64` | quantization.bits is 3",
                "`\"bits\": 4, \"group_size\": 16` | quantization.group_size is 16",
                "`\"model.layers.0.mlp.gate\": {\"bits\": 6}` | quantization.model.layers.0.mlp.gate.bits is 6",
            })
    void mlxModes(String keys, String message) {
        refuses(
                next().addKeys("\"quantization\": {" + keys + "}"),
                UnsupportedModelException.class,
                "config.json: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"weight_block_size\": [128, 128] | \"weight_block_size\": [64, 64] | weight_block_size is [64, 64]",
                "\"weight_block_size\": [128, 128] | \"x\": 1 | weight_block_size is missing",
                "\"fmt\": \"e4m3\" | \"fmt\": \"e5m2\" | fmt is \"e5m2\"",
                "\"activation_scheme\": \"dynamic\" | \"activation_scheme\": \"static\" | activation_scheme is \"static\"",
            })
    void fp8Variants(String piece, String by, String message) {
        ModelCopy copy = fp8();
        copy.config(copy.config().replaceAll("\\s+", " ").replace("[ 128, 128 ]", "[128, 128]"));
        refuses(copy.replace(piece, by), UnsupportedModelException.class, "config.json: quantization_config", message);
    }

    @Test
    void foreignNamesAndSiblings() throws IOException {
        refuses(
                next().put("model.layers.0.mlp.experts.0.gate_proj.qweight", Dtype.I32, 7, 24),
                InvalidModelException.class,
                "the names look like GPTQ or AWQ");
        refuses(
                next().remove("model.layers.0.mlp.experts.0.gate_proj.weight")
                        .put("model.layers.0.mlp.experts.0.gate_proj.weight_packed", Dtype.I32, 24, 7),
                InvalidModelException.class,
                "model.layers.0.mlp.experts.0.gate_proj.weight is missing",
                "the names look like compressed-tensors or NVFP4");
        refuses(
                next().put("model.layers.0.linear_attn.conv1d.weight", Dtype.BF16, 256, 4, 1),
                InvalidModelException.class,
                "conv1d.weight has shape [256, 4, 1], as MLX stores it");
        Path folder = next().write(temp.resolve("modelopt"));
        Files.writeString(folder.resolve("hf_quant_config.json"), "{\"quantization\": {\"quant_algo\": \"NVFP4\"}}");
        refuses(folder, UnsupportedModelException.class, "hf_quant_config.json: quantization is ModelOpt NVFP4");
    }

    @Test
    void fusedFp8Experts() {
        ModelCopy copy = copy(Fixtures.golden("qwen3-5-moe-fp8"));
        copy.put("model.language_model.layers.0.mlp.experts.gate_up_proj", Dtype.F8_E4M3, 3, 272, 160);
        refuses(copy, UnsupportedModelException.class, "experts.gate_up_proj holds fused FP8 experts");
    }
}
