package dev.sluice.cpu;

import dev.sluice.backend.StateReader;
import dev.sluice.backend.TapListener;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Copies everything the taps and a state show, by name, for one sequence that starts at position 0. */
final class Recorder implements TapListener, StateReader {
    final Map<String, float[]> values = new TreeMap<>();
    final Map<String, int[]> indices = new TreeMap<>();

    @Override
    public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {
        float[] all = grow(name, (position + tokens) * width);
        for (int t = 0; t < tokens; t++) {
            float[] row = data.data().toArray(data.row(first + t), width);
            System.arraycopy(row, 0, all, (position + t) * width, width);
        }
    }

    @Override
    public void router(
            String layer, int entry, int position, int[] chosen, float[] weights, int from, int tokens, int topK) {
        float[] all = grow(layer + ".weights", (position + tokens) * topK);
        System.arraycopy(weights, from, all, position * topK, tokens * topK);
        int[] old = indices.getOrDefault(layer + ".indices", new int[0]);
        int[] grown = Arrays.copyOf(old, (position + tokens) * topK);
        System.arraycopy(chosen, from, grown, position * topK, tokens * topK);
        indices.put(layer + ".indices", grown);
    }

    @Override
    public void state(String name, F32 data, int... shape) {
        values.put(name, data.toArray(0, Math.toIntExact(data.size())));
    }

    private float[] grow(String name, int size) {
        float[] old = values.getOrDefault(name, new float[0]);
        float[] grown = Arrays.copyOf(old, size);
        values.put(name, grown);
        return grown;
    }
}
