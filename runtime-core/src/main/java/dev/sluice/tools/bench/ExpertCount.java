package dev.sluice.tools.bench;

import dev.sluice.backend.TapListener;
import dev.sluice.kernels.Rows;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Counts the different experts that each step of each layer visits. */
final class ExpertCount implements TapListener {
    private final BitSet seen = new BitSet();
    private final Map<String, BitSet> everSeen = new HashMap<>();
    private long visits;

    @Override
    public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {}

    @Override
    public void router(
            String layer, int entry, int position, int[] indices, float[] weights, int from, int tokens, int topK) {
        seen.clear();
        for (int i = from; i < from + tokens * topK; i++) {
            seen.set(indices[i]);
        }
        visits += seen.cardinality();
        everSeen.computeIfAbsent(layer, _ -> new BitSet()).or(seen);
    }

    /** Visits since the last call. */
    long take() {
        long count = visits;
        visits = 0;
        return count;
    }

    /** Different experts that any step visited, in all layers. */
    long different() {
        return everSeen.values().stream().mapToLong(BitSet::cardinality).sum();
    }
}
