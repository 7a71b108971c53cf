package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.SluiceException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.kernels.Dtype;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a load refuses, and that the message names it ({@code spec/product.md} §7.1). */
class RefusalTest {
    @TempDir
    Path temp;

    @Test
    void foldersThatAreNoModel() throws IOException {
        refuses(temp.resolve("none"), ModelNotFoundException.class, "no such folder");
        refuses(Files.createDirectory(temp.resolve("empty")), ModelNotFoundException.class, "no config.json");
        Path gguf = Files.createDirectory(temp.resolve("gguf"));
        Files.createFile(gguf.resolve("model-Q4_K.gguf"));
        refuses(gguf, UnsupportedModelException.class, "model-Q4_K.gguf is a GGUF file");
        Path bin = Files.createDirectory(temp.resolve("bin"));
        Files.writeString(bin.resolve("config.json"), "{\"model_type\": \"qwen3\"}");
        refuses(bin, InvalidModelException.class, "no weights; expected model.safetensors or", "no .safetensors file");
        Files.createFile(bin.resolve("pytorch_model.bin"));
        refuses(bin, UnsupportedModelException.class, "pytorch_model.bin is a pickled checkpoint");
    }

    @Test
    void modelTypes() {
        ModelCopy copy = next();
        refuses(
                copy.replace("\"model_type\": \"qwen3_next\"", "\"model_type\": \"llama\""),
                UnsupportedModelException.class,
                "config.json: model_type is \"llama\"",
                "qwen3, qwen3_5, qwen3_5_moe, qwen3_5_moe_text, qwen3_5_text, qwen3_moe, qwen3_next");
        refuses(
                copy.replace("\"llama\"", "\"qwen4_exp\""),
                UnsupportedModelException.class,
                "qwen4_exp",
                "Qwen3.8-Flash-Next",
                "qwen3_next");
        refuses(copy.replace("\"qwen4_exp\"", "null"), InvalidModelException.class, "model_type is missing");
        refuses(
                copy(Fixtures.golden("qwen3-5-dense")).replace("\"qwen3_5_text\"", "\"qwen3_next\""),
                InvalidModelException.class,
                "text_config.model_type",
                "qwen3_5");
    }

    @Test
    void acceptsAnUnknownClassName() {
        Path folder = next().replace("Qwen3NextForCausalLM", "Qwen3_8Whatever").write(temp.resolve("class"));
        try (LoadedModel model = ModelFolder.open(folder, LoadOptions.DEFAULTS)) {
            assertThat(model.architecture().modelType()).isEqualTo("qwen3_next");
        }
    }

    /** Piece of config.json, its replacement, parts of the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"attention_bias\": false | \"attention_bias\": true | attention_bias is true",
                "\"hidden_act\": \"silu\" | \"hidden_act\": \"gelu\" | hidden_act is \"gelu\"",
                "\"attention_bias\" | \"output_gate_type\": \"sigmoid\", \"attention_bias\" | output_gate_type is \"sigmoid\"",
                "\"attention_bias\" | \"layer_scale\": true, \"attention_bias\" | layer_scale is true",
                "\"use_sliding_window\": false | \"use_sliding_window\": true, \"max_window_layers\": 2 | use_sliding_window is true",
                "\"rope_scaling\": null | \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2} | rope_scaling.rope_type is \"linear\"",
                "\"rope_scaling\": null | \"rope_scaling\": {\"type\": \"yarn\"} | rope_scaling.factor is missing",
                "\"rope_scaling\": null | \"rope_scaling\": {\"type\": \"yarn\", \"rope_type\": \"default\"} | but type is \"yarn\"",
                "\"rope_scaling\": null | \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 2}, \"rope_parameters\": {\"rope_type\": \"default\"} | rope_scaling and config.json: rope_parameters differ",
                "\"rope_scaling\": null | \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 7} | rope_theta is 1.0E7 but config.json: rope_parameters.rope_theta is 7.0",
                "\"rope_theta\": 10000000, | `` | rope_theta is missing",
                "\"num_hidden_layers\": 4 | \"num_hidden_layers\": 4, \"layer_types\": [\"full_attention\"] | layer_types has 1 entries, num_hidden_layers is 4",
                "\"num_hidden_layers\": 4 | \"num_hidden_layers\": 4, \"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\", \"full_attention\"] | layer_types contains \"sliding_attention\"",
                "\"full_attention_interval\": 4 | \"full_attention_interval\": 2 | makes the layer at model.layers.1. full_attention",
            })
    void configurations(String piece, String by, String message) {
        refuses(next().replace(piece, by), SluiceException.class, "config.json", message);
    }

    /** Key, value, part of the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hidden_size | 0 | hidden_size is 0; expected a whole number from 1",
                "hidden_size | -56 | hidden_size is -56",
                "hidden_size | 2147483647 | hidden_size is 2147483647",
                "hidden_size | 1e3 | hidden_size is 1000.0",
                "hidden_size | \"56\" | hidden_size is \"56\"",
                "hidden_size | 123456789012345678901234567890 | hidden_size is 1.2345678901234568E29",
                "hidden_size | null | hidden_size is missing; expected a whole number from 1",
                "num_hidden_layers | 1000000000 | num_hidden_layers is 1000000000",
                "vocab_size | 99999999 | vocab_size is 99999999",
                "num_experts | 1000000 | num_experts is 1000000",
                "num_experts_per_tok | 7 | num_experts_per_tok is 7; expected a whole number from 1 to 6",
                "num_attention_heads | 3 | num_attention_heads is 3, not a multiple of num_key_value_heads 2",
                "linear_num_value_heads | 5 | linear_num_value_heads is 5, not a multiple of linear_num_key_heads 2",
                "linear_conv_kernel_dim | 1 | linear_conv_kernel_dim is 1",
                "partial_rotary_factor | 0.03 | makes 0 of 32 components rotate",
                "partial_rotary_factor | 2 | partial_rotary_factor is 2",
                "rms_norm_eps | \"x\" | rms_norm_eps is \"x\"",
                "rms_norm_eps | 0 | rms_norm_eps is 0",
                "tie_word_embeddings | 1 | tie_word_embeddings is 1; expected true or false",
                "mlp_only_layers | [9] | mlp_only_layers is [9]",
                "mlp_only_layers | [null] | mlp_only_layers is [null]",
                "decoder_sparse_step | 0 | decoder_sparse_step is 0",
                "eos_token_id | 260 | eos_token_id is 260; expected whole numbers from 0 to 259",
            })
    void dimensions(String key, String value, String message) {
        ModelCopy copy = next();
        String config = copy.config().replaceAll("\"" + key + "\": ([^,\\[}]+|\\[[^]]*])", "\"" + key + "\": " + value);
        assertThat(config).isNotEqualTo(copy.config());
        refuses(copy.config(config), InvalidModelException.class, "config.json: ", message);
    }

    @Test
    void wrongVocabularySize() {
        refuses(
                next().replace("\"vocab_size\": 260", "\"vocab_size\": 261"),
                InvalidModelException.class,
                "model.safetensors: tensor model.embed_tokens.weight has shape [260, 56]",
                "config.json implies [261, 56] = [vocab_size, hidden_size]");
    }

    @Test
    void missingExtraAndOddTensors() {
        refuses(
                next().remove("model.layers.2.linear_attn.dt_bias"),
                InvalidModelException.class,
                "tensor model.layers.2.linear_attn.dt_bias is missing; config.json implies shape [4]",
                "prefix model., tried model.language_model., language_model.model., model.");
        refuses(
                next().put("model.layers.4.input_layernorm.weight", Dtype.BF16, 56)
                        .put("stray", Dtype.F32, 2, 3),
                InvalidModelException.class,
                "2 tensors have no place",
                "model.layers.4.input_layernorm.weight BF16 [56], stray F32 [2, 3]");
        refuses(
                next().put("stray", Dtype.F32, 2, 3),
                InvalidModelException.class,
                "1 tensor has no place",
                "stray F32 [2, 3]");
        refuses(
                next().put("model.norm.weight", Dtype.I32, 56),
                InvalidModelException.class,
                "tensor model.norm.weight is I32 [56]; expected F32, BF16 or F16");
        refuses(
                next().put("model.layers.0.mlp.gate.weight", Dtype.I8, 6, 56),
                InvalidModelException.class,
                "model.layers.0.mlp.gate.weight is I8 [6, 56]; expected BF16, F16, F32");
        refuses(
                next().put("model.layers.3.self_attn.q_proj.weight", Dtype.BF16, 128, 56),
                InvalidModelException.class,
                "q_proj.weight has shape [128, 56]; config.json implies [256, 56]");
        refuses(
                next().remove("model.embed_tokens.weight"),
                InvalidModelException.class,
                "embed_tokens.weight: expected under one of the prefixes",
                "found none");
        refuses(
                next().put("model.language_model.embed_tokens.weight", Dtype.BF16, 260, 56),
                InvalidModelException.class,
                "found [model.language_model., model.]");
    }

    @Test
    void visionTowersBelongToMultimodalFamiliesOnly() {
        refuses(
                next().put("model.visual.pos_embed.weight", Dtype.BF16, 2, 2),
                InvalidModelException.class,
                "model.visual.pos_embed.weight");
    }

    @Test
    void damagedNumbers() {
        ModelCopy copy = next();
        byte[] norm = copy.tensor("model.layers.1.input_layernorm.weight").bytes();
        norm[10] = (byte) 0xC0;
        norm[11] = 0x7F;
        refuses(
                copy,
                InvalidModelException.class,
                "tensor model.layers.1.input_layernorm.weight holds NaN at element 5");
    }

    @Test
    void draftHeads() {
        ModelCopy without = next();
        without.tensors().keySet().removeIf(name -> name.startsWith("mtp."));
        without.addKeys("\"num_nextn_predict_layers\": 1");
        try (LoadedModel model = ModelFolder.open(without.write(temp.resolve("no-mtp")), LoadOptions.DEFAULTS)) {
            assertThat(model.architecture().mtp()).isNull();
            assertThat(model.warnings()).singleElement().asString().contains("num_nextn_predict_layers", "no mtp.*");
        }
        refuses(
                next().addKeys("\"num_nextn_predict_layers\": 0"),
                InvalidModelException.class,
                "num_nextn_predict_layers is 0, but the checkpoint has mtp.* tensors");
        refuses(
                next().addKeys("\"num_nextn_predict_layers\": 2"),
                UnsupportedModelException.class,
                "num_nextn_predict_layers is 2");
        refuses(next().remove("mtp.fc.weight"), InvalidModelException.class, "mtp.fc.weight is missing", "[56, 112]");
    }

    @Test
    void aMissingHeadIsTiedAndARedundantOneIsPassedOver() {
        Path folder = next().remove("lm_head.weight").write(temp.resolve("headless"));
        try (LoadedModel model = ModelFolder.open(folder, LoadOptions.DEFAULTS)) {
            assertThat(model.architecture().tiedEmbeddings()).isTrue();
            assertThat(model.weights().head()).isSameAs(model.weights().embedding());
            assertThat(model.warnings()).singleElement().asString().contains("tie_word_embeddings", "lm_head.weight");
        }
        ModelCopy tied = next().replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true");
        try (LoadedModel model = ModelFolder.open(tied.write(temp.resolve("tied")), LoadOptions.DEFAULTS)) {
            assertThat(model.weights().head()).isSameAs(model.weights().embedding());
            assertThat(model.warnings()).isEmpty();
        }
        refuses(
                tied.put("lm_head.weight", Dtype.BF16, 5, 56),
                InvalidModelException.class,
                "lm_head.weight has shape [5, 56]");
    }

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

    @Test
    void ropeKeysOutsideTheTextModel() {
        refuses(
                copy(Fixtures.golden("qwen3-5-dense"))
                        .addKeys("\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4}"),
                InvalidModelException.class,
                "rope_scaling stands outside the text model; move it to config.json: text_config.rope_scaling");
    }

    @Test
    void aFamilyThatAlwaysRenormalises() {
        refuses(
                copy(Fixtures.golden("qwen3-5-moe"))
                        .replace("\"num_experts\": 6", "\"num_experts\": 6, \"norm_topk_prob\": false"),
                InvalidModelException.class,
                "norm_topk_prob is false");
    }

    @Test
    void attentionOnlyFamiliesRefuseDeltaNetLayers() {
        refuses(
                copy(Fixtures.golden("qwen3-dense"))
                        .addKeys("\"layer_types\": [\"full_attention\", \"linear_attention\", \"full_attention\","
                                + " \"full_attention\"]"),
                InvalidModelException.class,
                "full_attention in every layer of this family");
    }

    private static ModelCopy next() {
        return copy(Fixtures.golden("qwen3-next-mtp"));
    }

    private static ModelCopy fp8() {
        return copy(Fixtures.golden("qwen3-next-fp8"));
    }

    private static ModelCopy copy(Fixtures.Case golden) {
        return ModelCopy.of(golden.model());
    }

    private void refuses(ModelCopy copy, Class<? extends SluiceException> type, String... parts) {
        refuses(copy.write(temp.resolve("model")), type, parts);
    }

    private static void refuses(Path folder, Class<? extends SluiceException> type, String... parts) {
        assertThatThrownBy(() -> ModelFolder.open(folder, LoadOptions.DEFAULTS).close())
                .isInstanceOf(type)
                .hasMessageContainingAll(parts);
        assertThatThrownBy(() -> ModelFolder.inspect(folder, LoadOptions.DEFAULTS))
                .isInstanceOf(type)
                .hasMessageContainingAll(parts);
        if (Files.isDirectory(folder) && !parts[0].contains("holds NaN")) { // a check leaves values to the scan
            assertThat(ModelFolder.check(folder).faults())
                    .anySatisfy(fault -> assertThat(fault).isInstanceOf(type).hasMessageContainingAll(parts));
        }
    }
}
