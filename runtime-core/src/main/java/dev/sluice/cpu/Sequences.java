package dev.sluice.cpu;

import dev.sluice.kernels.KvPages;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The open sequences of an executor, and what they need of it. */
final class Sequences {
    private final List<LayerSpec> layers;
    private final int trunkLayers;
    private final CpuOptions options;
    private final RopeTable table;
    private final Guard guard;
    private final DraftReplay replay;
    private final Set<CpuSequence> open = Collections.newSetFromMap(new IdentityHashMap<>());

    Sequences(Architecture architecture, CpuOptions options, RopeTable table, Workers workers, Guard guard) {
        this.layers = new ArrayList<>(architecture.layers());
        this.trunkLayers = layers.size();
        LayerSpec mtp = architecture.mtp();
        if (mtp != null) {
            layers.add(mtp);
        }
        this.options = options;
        this.table = table;
        this.guard = guard;
        this.replay = new DraftReplay(workers);
    }

    CpuSequence create() {
        CpuSequence sequence = new CpuSequence(this);
        open.add(sequence);
        return sequence;
    }

    /** A fresh state for every layer of the trunk, then the draft head's. */
    LayerState[] states(Arena arena) {
        LayerState[] out = new LayerState[layers.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (layers.get(i).mixer()) {
                case MixerSpec.GatedDeltaNet spec -> new LayerState.Recurrent(new DeltaState(arena, spec));
                case MixerSpec.FullAttention spec ->
                    new LayerState.Cache(new KvPages(arena, options.kvType(), spec.kvHeads(), spec.headDim()));
            };
        }
        return out;
    }

    /** Layers before the draft head's. */
    int trunkLayers() {
        return trunkLayers;
    }

    int contextLimit() {
        return options.contextLimit();
    }

    RopeTable table() {
        return table;
    }

    Guard guard() {
        return guard;
    }

    /** Makes the first {@code tokens} tokens of a draft step part of these states. */
    void replay(DeltaState[] states, int tokens) {
        replay.run(states, tokens);
    }

    void forget(CpuSequence sequence) {
        open.remove(sequence);
    }

    void closeAll() {
        List.copyOf(open).forEach(CpuSequence::close);
    }
}
