package dev.sluice;

import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Architecture.Yarn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A model's layers in words. */
final class LayerMap {
    private final Architecture architecture;
    private final List<String> names;

    LayerMap(Architecture architecture) {
        this.architecture = architecture;
        this.names = architecture.layers().stream().map(LayerMap::name).toList();
    }

    /** The layers in order, the shortest repeating run of them said once. */
    String text() {
        int period = period();
        String once = runs(names.subList(0, period));
        int times = names.size() / period;
        return times == 1 ? once : period == 1 ? times + " x " + names.getFirst() : "(" + once + ") x " + times;
    }

    private int period() {
        int size = names.size();
        for (int period = 1; period < size; period++) {
            if (size % period == 0 && names.subList(period, size).equals(names.subList(0, size - period))) {
                return period;
            }
        }
        return size;
    }

    private static String runs(List<String> names) {
        List<String> runs = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= names.size(); i++) {
            if (i == names.size() || !names.get(i).equals(names.get(start))) {
                runs.add((i - start) + " x " + names.get(start));
                start = i;
            }
        }
        return String.join(", ", runs);
    }

    private static String name(LayerSpec layer) {
        String mixer = name(layer.mixer());
        return layer.mlp() instanceof MlpSpec.Dense ? mixer + " + MLP" : mixer + " + experts";
    }

    private static String name(MixerSpec mixer) {
        return switch (mixer) {
            case MixerSpec.GatedDeltaNet _ -> "gated DeltaNet";
            case MixerSpec.FullAttention full -> full.gated() ? "gated attention" : "attention";
        };
    }

    /** One line about each kind of mixer and feed-forward part, and one about positions. */
    List<String> kinds() {
        Set<String> lines = new LinkedHashSet<>();
        architecture.layers().forEach(layer -> lines.add(describe(layer.mixer())));
        architecture.layers().forEach(layer -> lines.add(describe(layer.mlp())));
        lines.add(rope(architecture.rope()));
        if (architecture.mtp() != null) {
            lines.add("draft head (MTP): 1 x " + name(architecture.mtp()));
        }
        return List.copyOf(lines);
    }

    private static String describe(MixerSpec mixer) {
        return switch (mixer) {
            case MixerSpec.GatedDeltaNet delta ->
                String.format(
                        "gated DeltaNet: %d key heads, %d value heads, state %d x %d a head, convolution over %d tokens",
                        delta.keyHeads(), delta.valueHeads(), delta.keyDim(), delta.valueDim(), delta.convTaps());
            case MixerSpec.FullAttention full ->
                String.format(
                        "%s: %d heads of %d, %d heads of keys and values",
                        name(full), full.heads(), full.headDim(), full.kvHeads());
        };
    }

    private static String describe(MlpSpec mlp) {
        return switch (mlp) {
            case MlpSpec.Dense dense -> "MLP: width " + dense.width();
            case MlpSpec.SparseMoe moe ->
                String.format("experts: %d of width %d, %d a token", moe.experts(), moe.expertWidth(), moe.topK())
                        + (moe.sharedWidth() == 0 ? "" : ", and a shared one of width " + moe.sharedWidth());
        };
    }

    private static String rope(Architecture.RopeSpec rope) {
        Yarn yarn = rope.yarn();
        return String.format(Locale.ROOT, "rotary positions: %d components, theta %.0f", rope.rotaryDim(), rope.theta())
                + (yarn == null ? "" : String.format(Locale.ROOT, ", YaRN factor %.4g", yarn.factor()));
    }
}
