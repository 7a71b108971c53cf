package dev.sluice;

import dev.sluice.models.checkpoint.TensorInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sorts the tensors of a checkpoint by what they are for, told from their names, and by stored form. */
final class WeightParts {
    private WeightParts() {}

    static List<ModelReport.Part> of(List<TensorInfo> tensors) {
        Map<List<String>, ModelReport.Part> parts = new HashMap<>();
        for (TensorInfo tensor : tensors) {
            String name = part(tensor.name());
            String form = tensor.type().toString();
            parts.merge(
                    List.of(name, form), new ModelReport.Part(name, form, 1, tensor.bytes()), WeightParts::together);
        }
        List<ModelReport.Part> sorted = new ArrayList<>(parts.values());
        sorted.sort(Comparator.comparingLong(ModelReport.Part::bytes)
                .reversed()
                .thenComparing(ModelReport.Part::name)
                .thenComparing(ModelReport.Part::form));
        return sorted;
    }

    private static ModelReport.Part together(ModelReport.Part a, ModelReport.Part b) {
        return new ModelReport.Part(a.name(), a.form(), a.tensors() + b.tensors(), a.bytes() + b.bytes());
    }

    /** The first that fits counts: a draft head has experts of its own. */
    private static String part(String name) {
        if (name.startsWith("mtp.") || name.contains(".mtp.")) {
            return "draft head";
        }
        if (name.contains("visual.") || name.contains("vision_tower.")) {
            return "vision (not used)";
        }
        if (name.contains("embed_tokens") || name.contains("lm_head")) {
            return "embedding and head";
        }
        if (name.contains(".linear_attn.")) {
            return "gated DeltaNet";
        }
        if (name.contains(".self_attn.")) {
            return "attention";
        }
        if (name.contains(".experts.") || name.contains(".switch_mlp.")) {
            return "experts";
        }
        if (name.contains(".shared_expert")) {
            return "shared experts";
        }
        if (name.contains(".mlp.gate.")) {
            return "routers";
        }
        return name.contains(".mlp.") ? "MLP" : "norms";
    }
}
