package dev.sluice.models;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.checkpoint.TensorStore;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.PlannedTensors;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.TensorPlan;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a released model by name, type and shape, with the vision tower of a multimodal file and without
 * data.
 */
final class ReleasedTensors implements TensorStore {
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final PlannedTensors planned;

    ReleasedTensors(ReleasedModel model, Form form, Arena arena) {
        planned = new PlannedTensors(TensorPlan.of(model, form), form, arena);
        planned.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
        if (model.wrapped() && !form.mlx()) {
            boolean small = model.hidden() < 4096 && !model.sparse();
            vision(small ? 12 : 27, small ? 768 : 1152, small ? 3072 : 4304, model.hidden());
        }
    }

    /** Stores the routed experts of the draft head one by one, as some sources say they are. */
    void splitDraftExperts() {
        TensorInfo both = tensors.remove("mtp.layers.0.mlp.experts.gate_up_proj");
        TensorInfo down = tensors.remove("mtp.layers.0.mlp.experts.down_proj");
        long hidden = both.shape().get(2);
        long width = both.shape().get(1) / 2;
        for (int expert = 0; expert < down.shape().getFirst(); expert++) {
            String prefix = "mtp.layers.0.mlp.experts." + expert + ".";
            plain(prefix + "gate_proj.weight", width, hidden);
            plain(prefix + "up_proj.weight", width, hidden);
            plain(prefix + "down_proj.weight", hidden, width);
        }
    }

    /** {@code spec/model.md} §2.5. */
    private void vision(int depth, int hidden, int width, int out) {
        for (int i = 0; i < depth; i++) {
            String block = "model.visual.blocks." + i + ".";
            biased(block + "attn.qkv", 3 * hidden, hidden);
            biased(block + "attn.proj", hidden, hidden);
            biased(block + "mlp.linear_fc1", width, hidden);
            biased(block + "mlp.linear_fc2", hidden, width);
            biased(block + "norm1", hidden);
            biased(block + "norm2", hidden);
        }
        biased("model.visual.merger.norm", hidden);
        biased("model.visual.merger.linear_fc1", 4 * hidden, 4 * hidden);
        biased("model.visual.merger.linear_fc2", out, 4 * hidden);
        biased("model.visual.patch_embed.proj", hidden, 3, 2, 16, 16);
        plain("model.visual.pos_embed.weight", 2304, hidden);
    }

    private void biased(String module, long... shape) {
        plain(module + ".weight", shape);
        plain(module + ".bias", shape[0]);
    }

    private void plain(String name, long... shape) {
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        tensors.put(name, new TensorInfo(name, Dtype.BF16, sizes, 0, Dtype.BF16.bytes(elements)));
    }

    @Override
    public TensorInfo find(String name) {
        return tensors.get(name);
    }

    @Override
    public Collection<TensorInfo> tensors() {
        return tensors.values();
    }

    @Override
    public MemorySegment data(TensorInfo tensor) {
        return planned.data(tensor);
    }

    @Override
    public MemorySegment read(TensorInfo tensor) {
        return planned.read(tensor);
    }

    @Override
    public String fileOf(String name) {
        return planned.fileOf(name);
    }

    @Override
    public boolean writtenByMlx() {
        return planned.writtenByMlx();
    }
}
