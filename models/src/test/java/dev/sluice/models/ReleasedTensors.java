package dev.sluice.models;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.checkpoint.TensorStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a released model by name, type and shape, written down from the tables of {@code spec/model.md} §2 and
 * §6.1 without a look at the loader. There is no data: small tensors read as zeros, large ones must not be touched.
 */
final class ReleasedTensors implements TensorStore {
    private static final long READABLE = 1 << 20;

    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final ReleasedModel model;
    private final boolean fp8;
    private final boolean fused;
    private final MemorySegment zeros;

    /** @param fused routed experts as two 3-D tensors a layer (BF16 Qwen3.5 and later), trunk and draft head alike */
    ReleasedTensors(ReleasedModel model, boolean fp8, boolean fused, Arena arena) {
        this.model = model;
        this.fp8 = fp8;
        this.fused = fused;
        this.zeros = arena.allocate(READABLE);
        String trunk = model.wrapped() ? "model.language_model." : "model.";
        plain(trunk + "embed_tokens.weight", model.vocab(), model.hidden());
        plain(trunk + "norm.weight", model.hidden());
        if (!model.tied()) {
            plain("lm_head.weight", model.vocab(), model.hidden());
        }
        for (int i = 0; i < model.layers(); i++) {
            layer(trunk + "layers." + i + ".", model.hybrid() && i % 4 != 3);
        }
        if (model.mtp() > 0) {
            draft();
        }
        vision(model.vision());
    }

    private void draft() {
        plain("mtp.fc.weight", model.hidden(), 2 * model.hidden());
        plain("mtp.pre_fc_norm_embedding.weight", model.hidden());
        plain("mtp.pre_fc_norm_hidden.weight", model.hidden());
        plain("mtp.norm.weight", model.hidden());
        layer("mtp.layers.0.", false);
    }

    private void layer(String prefix, boolean linear) {
        plain(prefix + "input_layernorm.weight", model.hidden());
        plain(prefix + "post_attention_layernorm.weight", model.hidden());
        if (linear) {
            deltaNet(prefix + "linear_attn.");
        } else {
            attention(prefix + "self_attn.");
        }
        if (model.experts() > 0) {
            mixture(prefix + "mlp.");
        } else {
            swiglu(prefix + "mlp.", model.dense());
        }
    }

    private void attention(String prefix) {
        int width = model.heads() * model.headDim();
        quantised(prefix + "q_proj", model.hybrid() ? 2 * width : width, model.hidden());
        quantised(prefix + "k_proj", model.kvHeads() * model.headDim(), model.hidden());
        quantised(prefix + "v_proj", model.kvHeads() * model.headDim(), model.hidden());
        quantised(prefix + "o_proj", model.hidden(), width);
        plain(prefix + "q_norm.weight", model.headDim());
        plain(prefix + "k_norm.weight", model.headDim());
    }

    private void deltaNet(String prefix) {
        int keys = model.keyHeads() * 128;
        int values = model.valueHeads() * 128;
        if (model.type().equals("qwen3_next")) {
            quantised(prefix + "in_proj_qkvz", 2 * keys + 2 * values, model.hidden());
            plain(prefix + "in_proj_ba.weight", 2 * model.valueHeads(), model.hidden());
        } else {
            quantised(prefix + "in_proj_qkv", 2 * keys + values, model.hidden());
            quantised(prefix + "in_proj_z", values, model.hidden());
            plain(prefix + "in_proj_b.weight", model.valueHeads(), model.hidden());
            plain(prefix + "in_proj_a.weight", model.valueHeads(), model.hidden());
        }
        plain(prefix + "conv1d.weight", 2 * keys + values, 1, 4);
        add(prefix + "A_log", Dtype.F32, model.valueHeads());
        plain(prefix + "dt_bias", model.valueHeads());
        add(prefix + "norm.weight", Dtype.F32, 128);
        quantised(prefix + "out_proj", model.hidden(), values);
    }

    private void swiglu(String prefix, int width) {
        quantised(prefix + "gate_proj", width, model.hidden());
        quantised(prefix + "up_proj", width, model.hidden());
        quantised(prefix + "down_proj", model.hidden(), width);
    }

    private void mixture(String prefix) {
        plain(prefix + "gate.weight", model.experts(), model.hidden());
        if (fused) {
            plain(prefix + "experts.gate_up_proj", model.experts(), 2 * model.expertWidth(), model.hidden());
            plain(prefix + "experts.down_proj", model.experts(), model.hidden(), model.expertWidth());
        } else {
            for (int expert = 0; expert < model.experts(); expert++) {
                swiglu(prefix + "experts." + expert + ".", model.expertWidth());
            }
        }
        if (model.sharedWidth() > 0) {
            swiglu(prefix + "shared_expert.", model.sharedWidth());
            plain(prefix + "shared_expert_gate.weight", 1, model.hidden());
        }
    }

    private void vision(ReleasedModel.Vision tower) {
        if (tower.depth() == 0) {
            return;
        }
        for (int i = 0; i < tower.depth(); i++) {
            String block = "model.visual.blocks." + i + ".";
            biased(block + "attn.qkv", 3 * tower.hidden(), tower.hidden());
            biased(block + "attn.proj", tower.hidden(), tower.hidden());
            biased(block + "mlp.linear_fc1", tower.width(), tower.hidden());
            biased(block + "mlp.linear_fc2", tower.hidden(), tower.width());
            biased(block + "norm1", tower.hidden());
            biased(block + "norm2", tower.hidden());
        }
        biased("model.visual.merger.norm", tower.hidden());
        biased("model.visual.merger.linear_fc1", 4 * tower.hidden(), 4 * tower.hidden());
        biased("model.visual.merger.linear_fc2", model.hidden(), 4 * tower.hidden());
        biased("model.visual.patch_embed.proj", tower.hidden(), 3, 2, 16, 16);
        plain("model.visual.pos_embed.weight", 2304, tower.hidden());
    }

    private void biased(String module, long... shape) {
        plain(module + ".weight", shape);
        plain(module + ".bias", shape[0]);
    }

    private void quantised(String module, int rows, int cols) {
        if (fp8) {
            add(module + ".weight", Dtype.F8_E4M3, rows, cols);
            plain(module + ".weight_scale_inv", (rows + 127) / 128, (cols + 127) / 128);
        } else {
            plain(module + ".weight", rows, cols);
        }
    }

    private void plain(String name, long... shape) {
        add(name, Dtype.BF16, shape);
    }

    private void add(String name, Dtype type, long... shape) {
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        tensors.put(name, new TensorInfo(name, type, sizes, 0, type.bytes(elements)));
    }

    void remove(String prefix) {
        tensors.keySet().removeIf(name -> name.startsWith(prefix));
    }

    void addAll(ReleasedTensors other, String prefix) {
        other.tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                tensors.put(name, tensor);
            }
        });
    }

    @Override
    public TensorInfo find(String name) {
        return tensors.get(name);
    }

    @Override
    public Collection<TensorInfo> tensors() {
        return tensors.values();
    }

    /** Large tensors point to the first page of memory, which no process may read. */
    @Override
    public MemorySegment data(TensorInfo tensor) {
        return tensor.bytes() <= READABLE
                ? zeros.asSlice(0, tensor.bytes())
                : MemorySegment.ofAddress(64).reinterpret(tensor.bytes());
    }

    @Override
    public String fileOf(String name) {
        return "released";
    }

    @Override
    public boolean writtenByMlx() {
        return false;
    }
}
