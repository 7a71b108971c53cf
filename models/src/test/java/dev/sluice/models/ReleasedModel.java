package dev.sluice.models;

import java.util.List;
import java.util.Locale;

/**
 * A released model as {@code spec/model.md} §1.7 gives it, 0 where the family has no such thing.
 *
 * @param type {@code model_type} of the text part
 * @param wrapped inside a multimodal file: {@code text_config}, vision tower, {@code model.language_model.}
 */
record ReleasedModel(
        String name,
        String type,
        boolean wrapped,
        int hidden,
        int layers,
        int heads,
        int kvHeads,
        int headDim,
        int keyHeads,
        int valueHeads,
        int dense,
        int experts,
        int topK,
        int expertWidth,
        int sharedWidth,
        int vocab,
        double theta,
        boolean tied,
        int maxPositions,
        int mtp,
        Vision vision,
        long trunkParameters,
        long mtpParameters) {

    /** A vision tower; only its tensors' names and shapes matter. */
    record Vision(int depth, int hidden, int width) {}

    private static final Vision NONE = new Vision(0, 0, 0);
    private static final Vision SMALL = new Vision(12, 768, 3072);
    private static final Vision LARGE = new Vision(27, 1152, 4304);

    static final List<ReleasedModel> ALL = List.of(
            next("Qwen3-Next-80B-A3B", 1e7, 1, 79_674_391_296L, 1_650_471_424L),
            next("Qwen3-Coder-Next", 5e6, 0, 79_674_391_296L, 0),
            dense35("Qwen3.5-0.8B", 1024, 24, 8, 2, 16, 3584, true, SMALL, 752_393_024L, 20_452_864L),
            dense35("Qwen3.5-2B", 2048, 24, 8, 2, 16, 6144, true, SMALL, 1_881_825_088L, 60_828_160L),
            dense35("Qwen3.5-4B", 2560, 32, 16, 4, 32, 9216, true, SMALL, 4_205_751_296L, 120_599_552L),
            dense35("Qwen3.5-9B", 4096, 32, 16, 4, 32, 12288, false, LARGE, 8_953_803_264L, 243_290_624L),
            dense35("Qwen3.8-27B", 5120, 64, 24, 4, 48, 17408, false, LARGE, 26_895_998_464L, 424_699_392L),
            moe35("Qwen3.6-35B-A3B", true, 2048, 40, 16, 2, 32, 256, 8, 512, 34_660_610_688L, 844_640_768L),
            moe35("Qwen3.5-122B-A10B", true, 3072, 48, 32, 2, 64, 256, 8, 1024, 122_111_526_912L, 2_523_679_232L),
            moe35("Qwen3.5-397B-A17B", true, 4096, 60, 32, 2, 64, 512, 10, 1024, 396_346_350_336L, 6_595_568_128L),
            moe35("Qwen3.8-2.4T-A95B", false, 8192, 92, 64, 4, 128, 512, 10, 2048, 2_419_804_697_984L, 26_378_027_520L),
            dense3("Qwen3-0.6B", 1024, 28, 16, 3072, true, 596_049_920L),
            dense3("Qwen3-1.7B", 2048, 28, 16, 6144, true, 1_720_574_976L),
            dense3("Qwen3-4B", 2560, 36, 32, 9728, true, 4_022_468_096L),
            dense3("Qwen3-8B", 4096, 36, 32, 12288, false, 8_190_735_360L),
            dense3("Qwen3-14B", 5120, 40, 40, 17408, false, 14_768_307_200L),
            dense3("Qwen3-32B", 5120, 64, 64, 25600, false, 32_762_123_264L),
            moe3("Qwen3-30B-A3B", 2048, 48, 32, 6144, 768, 30_532_122_624L),
            moe3("Qwen3-235B-A22B", 4096, 94, 64, 12288, 1536, 235_093_634_560L));

    private static ReleasedModel next(String name, double theta, int mtp, long trunk, long draft) {
        return new ReleasedModel(
                name,
                "qwen3_next",
                false,
                2048,
                48,
                16,
                2,
                256,
                16,
                32,
                5120,
                512,
                10,
                512,
                512,
                151_936,
                theta,
                false,
                262_144,
                mtp,
                NONE,
                trunk,
                draft);
    }

    private static ReleasedModel dense35(
            String name,
            int hidden,
            int layers,
            int heads,
            int kvHeads,
            int valueHeads,
            int width,
            boolean tied,
            Vision vision,
            long trunk,
            long draft) {
        return new ReleasedModel(
                name,
                "qwen3_5_text",
                true,
                hidden,
                layers,
                heads,
                kvHeads,
                256,
                16,
                valueHeads,
                width,
                0,
                0,
                0,
                0,
                248_320,
                1e7,
                tied,
                262_144,
                1,
                vision,
                trunk,
                draft);
    }

    private static ReleasedModel moe35(
            String name,
            boolean wrapped,
            int hidden,
            int layers,
            int heads,
            int kvHeads,
            int valueHeads,
            int experts,
            int topK,
            int width,
            long trunk,
            long draft) {
        return new ReleasedModel(
                name,
                "qwen3_5_moe_text",
                wrapped,
                hidden,
                layers,
                heads,
                kvHeads,
                256,
                16,
                valueHeads,
                0,
                experts,
                topK,
                width,
                width,
                248_320,
                1e7,
                false,
                262_144,
                1,
                wrapped ? LARGE : NONE,
                trunk,
                draft);
    }

    private static ReleasedModel dense3(
            String name, int hidden, int layers, int heads, int width, boolean tied, long trunk) {
        return new ReleasedModel(
                name, "qwen3", false, hidden, layers, heads, 8, 128, 0, 0, width, 0, 0, 0, 0, 151_936, 1e6, tied,
                40_960, 0, NONE, trunk, 0);
    }

    private static ReleasedModel moe3(
            String name, int hidden, int layers, int heads, int dense, int width, long trunk) {
        return new ReleasedModel(
                name,
                "qwen3_moe",
                false,
                hidden,
                layers,
                heads,
                4,
                128,
                0,
                0,
                dense,
                128,
                8,
                width,
                0,
                151_936,
                1e6,
                false,
                40_960,
                0,
                NONE,
                trunk,
                0);
    }

    static ReleasedModel named(String name) {
        return ALL.stream().filter(m -> m.name.equals(name)).findFirst().orElseThrow();
    }

    boolean hybrid() {
        return keyHeads > 0;
    }

    /** {@code config.json} with the keys and the nesting of the release. */
    String config(boolean fp8) {
        String text = text();
        String quantization = fp8
                ? ", \"quantization_config\": {\"quant_method\": \"fp8\", \"activation_scheme\": \"dynamic\","
                        + " \"weight_block_size\": [128, 128], \"modules_to_not_convert\": [\"lm_head\"]}"
                : "";
        return wrapped
                ? "{\"model_type\": \"" + type.replace("_text", "") + "\", \"tie_word_embeddings\": " + tied
                        + ", \"image_token_id\": 248056, \"vision_config\": {\"depth\": " + vision.depth
                        + "}, \"text_config\": {" + text + "}" + quantization + "}"
                : "{" + text + quantization + "}";
    }

    private String text() {
        StringBuilder out = new StringBuilder("\"model_type\": \"" + type + "\"");
        key(out, "hidden_size", hidden);
        key(out, "num_hidden_layers", layers);
        key(out, "num_attention_heads", heads);
        key(out, "num_key_value_heads", kvHeads);
        key(out, "head_dim", headDim);
        key(out, "vocab_size", vocab);
        key(out, "max_position_embeddings", maxPositions);
        key(out, "rms_norm_eps", "1e-06");
        key(out, "hidden_act", "\"silu\"");
        key(out, "attention_bias", false);
        key(out, "tie_word_embeddings", tied);
        if (dense > 0) {
            key(out, "intermediate_size", dense);
        }
        if (experts > 0) {
            key(out, "num_experts", experts);
            key(out, "num_experts_per_tok", topK);
            key(out, "moe_intermediate_size", expertWidth);
        }
        if (sharedWidth > 0) {
            key(out, "shared_expert_intermediate_size", sharedWidth);
        }
        if (hybrid()) {
            key(out, "linear_num_key_heads", keyHeads);
            key(out, "linear_num_value_heads", valueHeads);
            key(out, "linear_key_head_dim", 128);
            key(out, "linear_value_head_dim", 128);
            key(out, "linear_conv_kernel_dim", 4);
            key(out, "full_attention_interval", 4);
        }
        if (type.startsWith("qwen3_5")) {
            key(out, "mtp_num_hidden_layers", mtp);
            key(out, "output_gate_type", "\"swish\"");
            key(out, "attn_output_gate", true);
            key(
                    out,
                    "rope_parameters",
                    String.format(
                            Locale.ROOT,
                            "{\"mrope_interleaved\": true, \"mrope_section\": [11, 11, 10], \"rope_type\": \"default\","
                                    + " \"rope_theta\": %.0f, \"partial_rotary_factor\": 0.25}",
                            theta));
        } else {
            key(out, "rope_theta", String.format(Locale.ROOT, "%.0f", theta));
            key(out, "rope_scaling", "null");
            key(out, "norm_topk_prob", true);
            key(out, "use_sliding_window", false);
            if (hybrid()) {
                key(out, "partial_rotary_factor", "0.25");
            }
        }
        return out.toString();
    }

    private static void key(StringBuilder out, String name, Object value) {
        out.append(", \"").append(name).append("\": ").append(value);
    }

    @Override
    public String toString() {
        return name;
    }
}
