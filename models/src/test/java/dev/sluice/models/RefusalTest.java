package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.SluiceException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a load refuses of folder and configuration, and that the message names it ({@code spec/product.md} §7.1). */
class RefusalTest extends RefusedFolders {
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
}
