package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.kernels.Dtype;
import dev.sluice.testing.ModelCopy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tensors that contradict the configuration, are missing, left over or hold what no weight can. */
class TensorRefusalTest extends RefusedFolders {
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
}
