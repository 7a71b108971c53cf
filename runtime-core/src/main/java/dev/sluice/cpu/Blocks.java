package dev.sluice.cpu;

import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Weights;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds layers for batches of up to {@code capacity} tokens; layers of one shape share their buffers. Shapes are lists of
 * their sizes: the hash of a record is linked at its first use, 14 ms of a start.
 */
final class Blocks {
    private final int hiddenSize;
    private final float eps;
    private final Workers workers;
    private final Products products;
    private final RopeTable table;
    private final Arena arena;
    private final int capacity;
    private final Pass pass;
    private final Map<List<Integer>, GatedDeltaNet.Buffers> deltaBuffers = new HashMap<>();
    private final Map<List<Integer>, GatedAttention.Buffers> attentionBuffers = new HashMap<>();
    private final Map<List<Integer>, DenseMlp.Buffers> denseBuffers = new HashMap<>();
    private final Map<List<Integer>, SparseMoe.Buffers> moeBuffers = new HashMap<>();

    Blocks(Architecture architecture, Workers workers, RopeTable table, Arena arena, int capacity) {
        this.hiddenSize = architecture.hiddenSize();
        this.eps = architecture.normEps();
        this.workers = workers;
        this.products = new Products(workers);
        this.table = table;
        this.arena = arena;
        this.capacity = capacity;
        this.pass = new Pass(workers, arena, capacity, hiddenSize, eps);
    }

    /** The pass that all layers built here take part in. */
    Pass pass() {
        return pass;
    }

    /** The product region that all layers built here use in turn. */
    Products products() {
        return products;
    }

    Block block(int layer, LayerSpec spec, Weights.Layer weights) {
        return new Block(
                layer,
                weights.inputNorm(),
                mixer(layer, spec.mixer(), weights.mixer()),
                weights.postNorm(),
                mlp(layer, spec.mlp(), weights.mlp()));
    }

    Mixer mixer(int layer, MixerSpec spec, Weights.Mixer weights) {
        return switch (spec) {
            case MixerSpec.GatedDeltaNet delta
            when weights instanceof Weights.DeltaNet w ->
                new GatedDeltaNet(layer, delta, w, workers, products, buffers(delta, w), pass, eps);
            case MixerSpec.FullAttention full
            when weights instanceof Weights.FullAttention w ->
                new GatedAttention(layer, full, w, workers, products, buffers(full), table, pass, eps);
            default -> throw mismatch(layer, spec, weights);
        };
    }

    Mlp mlp(int layer, MlpSpec spec, Weights.Mlp weights) {
        return switch (spec) {
            case MlpSpec.Dense dense
            when weights instanceof Weights.DenseMlp w -> new DenseMlp(w, products, buffers(dense));
            case MlpSpec.SparseMoe moe
            when weights instanceof Weights.MoeMlp w ->
                new SparseMoe(layer, moe, w, workers, products, buffers(moe), pass, hiddenSize);
            default -> throw mismatch(layer, spec, weights);
        };
    }

    private static IllegalArgumentException mismatch(int layer, Object spec, Object weights) {
        return new IllegalArgumentException("layer " + layer + " is " + spec + " but has weights of "
                + weights.getClass().getSimpleName());
    }

    private GatedDeltaNet.Buffers buffers(MixerSpec.GatedDeltaNet spec, Weights.DeltaNet weights) {
        int width = weights.projectionWidth();
        return deltaBuffers.computeIfAbsent(shape(spec), _ -> new GatedDeltaNet.Buffers(arena, capacity, spec, width));
    }

    private GatedAttention.Buffers buffers(MixerSpec.FullAttention spec) {
        return attentionBuffers.computeIfAbsent(shape(spec), _ -> new GatedAttention.Buffers(arena, capacity, spec));
    }

    private DenseMlp.Buffers buffers(MlpSpec.Dense spec) {
        return denseBuffers.computeIfAbsent(shape(spec), _ -> new DenseMlp.Buffers(arena, capacity, spec.width()));
    }

    private SparseMoe.Buffers buffers(MlpSpec.SparseMoe spec) {
        return moeBuffers.computeIfAbsent(shape(spec), _ -> new SparseMoe.Buffers(arena, capacity, spec, hiddenSize));
    }

    private static List<Integer> shape(MixerSpec.GatedDeltaNet spec) {
        return List.of(spec.keyHeads(), spec.valueHeads(), spec.keyDim(), spec.valueDim(), spec.convTaps());
    }

    private static List<Integer> shape(MixerSpec.FullAttention spec) {
        return List.of(spec.heads(), spec.kvHeads(), spec.headDim(), spec.queryStride());
    }

    private static List<Integer> shape(MlpSpec.Dense spec) {
        return List.of(spec.width());
    }

    private static List<Integer> shape(MlpSpec.SparseMoe spec) {
        return List.of(spec.experts(), spec.topK(), spec.expertWidth(), spec.sharedWidth());
    }

    /** Floats of the pass and of the buffers that such layers share, for batches of up to {@code capacity} tokens. */
    static long floats(List<LayerSpec> layers, int capacity, int hidden) {
        Map<List<Integer>, Long> mixers = new HashMap<>();
        Map<List<Integer>, Long> mlps = new HashMap<>();
        for (LayerSpec layer : layers) {
            switch (layer.mixer()) {
                case MixerSpec.GatedDeltaNet delta ->
                    mixers.put(shape(delta), GatedDeltaNet.Buffers.floats(capacity, delta));
                case MixerSpec.FullAttention full ->
                    mixers.put(shape(full), GatedAttention.Buffers.floats(capacity, full));
            }
            switch (layer.mlp()) {
                case MlpSpec.Dense dense -> mlps.put(shape(dense), DenseMlp.Buffers.floats(capacity, dense.width()));
                case MlpSpec.SparseMoe moe -> mlps.put(shape(moe), SparseMoe.Buffers.floats(capacity, moe, hidden));
            }
        }
        long sum = Pass.floats(capacity, hidden);
        for (long floats : mixers.values()) {
            sum += floats;
        }
        for (long floats : mlps.values()) {
            sum += floats;
        }
        return sum;
    }
}
