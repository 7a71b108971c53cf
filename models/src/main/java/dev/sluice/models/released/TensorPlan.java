package dev.sluice.models.released;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.released.PlannedTensor.Part;
import java.util.ArrayList;
import java.util.List;

/**
 * The text tensors of a released model in one of its stored forms, from the tables of {@code spec/model.md} §2 and §6
 * without a look at the loader. Vision towers are not listed: they are no part of the text model.
 */
public final class TensorPlan {
    private static final int GROUP = 64;
    private static final int BLOCK = 128;

    private final List<PlannedTensor> tensors = new ArrayList<>();
    private final ReleasedModel model;
    private final Form form;
    private final boolean fused;
    private final Role norm;

    private TensorPlan(ReleasedModel model, Form form) {
        this.model = model;
        this.form = form;
        this.fused = form == Form.BF16 && model.type().equals("qwen3_5_moe_text");
        this.norm = model.hybrid() && !form.mlx() ? Role.ZERO_NORM : Role.NORM;
    }

    /** Every tensor, in the order of the layers. */
    public static List<PlannedTensor> of(ReleasedModel model, Form form) {
        TensorPlan plan = new TensorPlan(model, form);
        plan.model();
        return List.copyOf(plan.tensors);
    }

    private void model() {
        String outer = form.mlx() && model.wrapped() ? "language_model." : "";
        String trunk = model.wrapped() && !form.mlx() ? "model.language_model." : outer + "model.";
        matrix(trunk + "embed_tokens", Role.EMBEDDING, model.vocab(), model.hidden());
        for (int i = 0; i < model.layers(); i++) {
            layer(trunk + "layers." + i + ".", model.attends(i));
        }
        vector(trunk + "norm.weight", norm, model.hidden());
        if (!model.tied()) {
            matrix(outer + "lm_head", Role.HEAD, model.vocab(), model.hidden());
        }
        if (model.mtp() > 0 && !form.mlx()) {
            draft();
        }
    }

    private void draft() {
        matrix("mtp.fc", Role.DRAFT, model.hidden(), 2 * model.hidden());
        vector("mtp.pre_fc_norm_embedding.weight", norm, model.hidden());
        vector("mtp.pre_fc_norm_hidden.weight", norm, model.hidden());
        layer("mtp.layers.0.", true);
        vector("mtp.norm.weight", norm, model.hidden());
    }

    private void layer(String prefix, boolean attends) {
        vector(prefix + "input_layernorm.weight", norm, model.hidden());
        if (attends) {
            attention(prefix + "self_attn.");
        } else {
            deltaNet(prefix + "linear_attn.");
        }
        vector(prefix + "post_attention_layernorm.weight", norm, model.hidden());
        if (model.sparse()) {
            mixture(prefix + "mlp.");
        } else {
            swiglu(prefix + "mlp.", model.denseWidth());
        }
    }

    private void attention(String prefix) {
        ReleasedModel.Attention spec = model.attention();
        int width = spec.heads() * spec.headDim();
        int kvWidth = spec.kvHeads() * spec.headDim();
        matrix(prefix + "q_proj", Role.PROJECTION, model.hybrid() ? 2 * width : width, model.hidden());
        matrix(prefix + "k_proj", Role.PROJECTION, kvWidth, model.hidden());
        matrix(prefix + "v_proj", Role.PROJECTION, kvWidth, model.hidden());
        matrix(prefix + "o_proj", Role.RESIDUAL, model.hidden(), width);
        vector(prefix + "q_norm.weight", norm, spec.headDim());
        vector(prefix + "k_norm.weight", norm, spec.headDim());
    }

    private void deltaNet(String prefix) {
        int channels = 2 * model.delta().keyWidth() + model.delta().valueWidth();
        int values = model.delta().valueWidth();
        int heads = model.delta().valueHeads();
        if (interleaved()) {
            matrix(prefix + "in_proj_qkvz", Role.PROJECTION, channels + values, model.hidden());
            matrix(prefix + "in_proj_ba", Role.DELTA_GATE, 2 * heads, model.hidden());
        } else {
            matrix(prefix + "in_proj_qkv", Role.PROJECTION, channels, model.hidden());
            matrix(prefix + "in_proj_z", Role.PROJECTION, values, model.hidden());
            matrix(prefix + "in_proj_b", Role.DELTA_GATE, heads, model.hidden());
            matrix(prefix + "in_proj_a", Role.DELTA_GATE, heads, model.hidden());
        }
        if (form.mlx()) {
            vector(prefix + "conv1d.weight", Role.CONVOLUTION, channels, 4, 1);
        } else {
            vector(prefix + "conv1d.weight", Role.CONVOLUTION, channels, 1, 4);
        }
        // mlx-lm casts both to BF16 when it converts Qwen3-Next, and only the norm later (§6.8)
        values(prefix + "A_log", Role.DECAY, form.mlx() && interleaved() ? Dtype.BF16 : Dtype.F32, heads);
        vector(prefix + "dt_bias", Role.TIME_STEP, heads);
        values(prefix + "norm.weight", Role.NORM, form.mlx() ? Dtype.BF16 : Dtype.F32, ReleasedModel.DELTA_DIM);
        matrix(prefix + "out_proj", Role.RESIDUAL, model.hidden(), values);
    }

    private boolean interleaved() {
        return model.type().equals("qwen3_next");
    }

    private void swiglu(String prefix, int width) {
        matrix(prefix + "gate_proj", Role.PROJECTION, width, model.hidden());
        matrix(prefix + "up_proj", Role.PROJECTION, width, model.hidden());
        matrix(prefix + "down_proj", Role.RESIDUAL, model.hidden(), width);
    }

    private void mixture(String prefix) {
        ReleasedModel.Experts spec = model.experts();
        matrix(prefix + "gate", Role.ROUTER, spec.count(), model.hidden());
        if (form.mlx()) {
            matrix(prefix + "switch_mlp.gate_proj", Role.PROJECTION, spec.count(), spec.width(), model.hidden());
            matrix(prefix + "switch_mlp.up_proj", Role.PROJECTION, spec.count(), spec.width(), model.hidden());
            matrix(prefix + "switch_mlp.down_proj", Role.RESIDUAL, spec.count(), model.hidden(), spec.width());
        } else if (fused) {
            vector(prefix + "experts.gate_up_proj", Role.PROJECTION, spec.count(), 2 * spec.width(), model.hidden());
            vector(prefix + "experts.down_proj", Role.RESIDUAL, spec.count(), model.hidden(), spec.width());
        } else {
            for (int expert = 0; expert < spec.count(); expert++) {
                swiglu(prefix + "experts." + expert + ".", spec.width());
            }
        }
        if (spec.sharedWidth() > 0) {
            swiglu(prefix + "shared_expert.", spec.sharedWidth());
            matrix(prefix + "shared_expert_gate", Role.SHARED_GATE, 1, model.hidden());
        }
    }

    /** A matrix, or a stack of them, in the form of the file. */
    private void matrix(String module, Role role, int... shape) {
        int cols = shape[shape.length - 1];
        if (form == Form.FP8 && role.inFp8()) {
            add(module + ".weight", role, Part.FP8_CODES, cols, 8, Dtype.F8_E4M3, shape);
            int[] blocks = {(shape[0] + BLOCK - 1) / BLOCK, (cols + BLOCK - 1) / BLOCK};
            add(module + ".weight_scale_inv", role, Part.FP8_SCALES, cols, 8, Dtype.BF16, blocks);
        } else if (form.mlx() && cols % GROUP == 0) {
            int bits = role.alwaysEightBit() ? 8 : form.bits();
            add(module + ".weight", role, Part.AFFINE_CODES, cols, bits, Dtype.U32, withLast(shape, cols * bits / 32));
            int[] groups = withLast(shape, cols / GROUP);
            add(module + ".scales", role, Part.AFFINE_SCALES, cols, bits, Dtype.BF16, groups);
            add(module + ".biases", role, Part.AFFINE_BIASES, cols, bits, Dtype.BF16, groups);
        } else {
            vector(module + ".weight", role, shape);
        }
    }

    private static int[] withLast(int[] shape, int last) {
        int[] out = shape.clone();
        out[out.length - 1] = last;
        return out;
    }

    private void vector(String name, Role role, int... shape) {
        values(name, role, Dtype.BF16, shape);
    }

    private void values(String name, Role role, Dtype type, int... shape) {
        add(name, role, Part.VALUES, shape[shape.length - 1], type.bits(), type, shape);
    }

    private void add(String name, Role role, Part part, int cols, int bits, Dtype type, int... shape) {
        List<Long> sizes = new ArrayList<>();
        for (int size : shape) {
            sizes.add((long) size);
        }
        tensors.add(new PlannedTensor(name, role, part, cols, bits, type, List.copyOf(sizes)));
    }
}
