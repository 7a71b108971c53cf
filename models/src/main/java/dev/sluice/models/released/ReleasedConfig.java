package dev.sluice.models.released;

import dev.sluice.models.released.PlannedTensor.Part;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The configuration files of a released model, with the keys and the nesting of the release. */
public final class ReleasedConfig {
    private final ReleasedModel model;
    private final Form form;
    private final List<PlannedTensor> plan;

    /** @param plan the tensors, of which the file names those that are stored in another form than most */
    public ReleasedConfig(ReleasedModel model, Form form, List<PlannedTensor> plan) {
        this.model = model;
        this.form = form;
        this.plan = plan;
    }

    /** {@code config.json}. */
    public String config() {
        StringBuilder out = new StringBuilder("{\n");
        if (model.wrapped()) {
            out.append("\"model_type\": \"")
                    .append(model.type().replace("_text", ""))
                    .append('"');
            key(out, "tie_word_embeddings", model.tied());
            key(out, "image_token_id", 248_056);
            key(out, "text_config", "{\n" + text() + "\n}");
        } else {
            out.append(text());
        }
        if (form == Form.FP8) {
            key(out, "quantization_config", fp8());
        } else if (form.mlx()) {
            key(out, "quantization", affine());
            key(out, "quantization_config", affine());
        }
        return out.append("\n}\n").toString();
    }

    private String text() {
        StringBuilder out = new StringBuilder("\"model_type\": \"" + model.type() + "\"");
        key(out, "hidden_size", model.hidden());
        key(out, "num_hidden_layers", model.layers());
        key(out, "num_attention_heads", model.attention().heads());
        key(out, "num_key_value_heads", model.attention().kvHeads());
        key(out, "head_dim", model.attention().headDim());
        key(out, "vocab_size", model.vocab());
        key(out, "max_position_embeddings", model.maxPositions());
        key(out, "rms_norm_eps", "1e-06");
        key(out, "hidden_act", "\"silu\"");
        key(out, "attention_bias", false);
        key(out, "tie_word_embeddings", model.tied());
        widths(out);
        if (model.hybrid()) {
            key(out, "linear_num_key_heads", model.delta().keyHeads());
            key(out, "linear_num_value_heads", model.delta().valueHeads());
            key(out, "linear_key_head_dim", ReleasedModel.DELTA_DIM);
            key(out, "linear_value_head_dim", ReleasedModel.DELTA_DIM);
            key(out, "linear_conv_kernel_dim", 4);
            key(out, "full_attention_interval", ReleasedModel.INTERVAL);
        }
        rope(out);
        return out.toString();
    }

    private void widths(StringBuilder out) {
        if (model.denseWidth() > 0) {
            key(out, "intermediate_size", model.denseWidth());
        }
        ReleasedModel.Experts experts = model.experts();
        if (model.sparse()) {
            key(out, "num_experts", experts.count());
            key(out, "num_experts_per_tok", experts.topK());
            key(out, "moe_intermediate_size", experts.width());
        }
        if (experts.sharedWidth() > 0) {
            key(out, "shared_expert_intermediate_size", experts.sharedWidth());
        }
    }

    private void rope(StringBuilder out) {
        String theta = String.format(Locale.ROOT, "%.0f", model.theta());
        if (model.type().startsWith("qwen3_5")) {
            key(out, "mtp_num_hidden_layers", model.mtp());
            key(out, "output_gate_type", "\"swish\"");
            key(out, "attn_output_gate", true);
            key(
                    out,
                    "rope_parameters",
                    "{\"mrope_interleaved\": true, \"mrope_section\": [11, 11, 10], \"rope_type\": \"default\","
                            + " \"rope_theta\": " + theta + ", \"partial_rotary_factor\": 0.25}");
            return;
        }
        key(out, "rope_theta", theta);
        key(out, "rope_scaling", "null");
        key(out, "norm_topk_prob", true);
        key(out, "use_sliding_window", false);
        if (model.hybrid()) {
            key(out, "partial_rotary_factor", "0.25");
        }
    }

    private String fp8() {
        return "{\"quant_method\": \"fp8\", \"activation_scheme\": \"dynamic\", \"weight_block_size\": [128, 128],\n"
                + "\"modules_to_not_convert\": ["
                + plan.stream()
                        .filter(tensor -> tensor.part() == Part.VALUES
                                && tensor.shape().size() > 1
                                && tensor.name().endsWith(".weight"))
                        .map(tensor -> "\"" + tensor.module() + "\"")
                        .collect(Collectors.joining(", "))
                + "]}";
    }

    private String affine() {
        StringBuilder out =
                new StringBuilder("{\"group_size\": 64, \"bits\": " + form.bits() + ", \"mode\": \"affine\"");
        plan.stream()
                .filter(tensor ->
                        tensor.part() == Part.AFFINE_CODES && tensor.role().alwaysEightBit())
                .forEach(tensor -> key(out, tensor.module(), "{\"group_size\": 64, \"bits\": 8}"));
        return out.append('}').toString();
    }

    /** {@code generation_config.json}; ids that end a text are left out where the vocabulary ends before them. */
    public String generationConfig() {
        boolean later = model.type().startsWith("qwen3_5");
        int last = later ? 248_046 : 151_645;
        StringBuilder out = new StringBuilder("{\n\"do_sample\": true");
        key(out, "temperature", "0.6");
        key(out, "top_k", 20);
        key(out, "top_p", "0.95");
        if (model.vocab() > last) {
            key(out, "eos_token_id", "[" + last + ", " + (last - 2) + "]");
        }
        return out.append("\n}\n").toString();
    }

    private static void key(StringBuilder out, String name, Object value) {
        out.append(",\n\"").append(name).append("\": ").append(value);
    }
}
