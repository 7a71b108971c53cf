package dev.sluice.tools.taps;

import dev.sluice.backend.StateReader;
import dev.sluice.backend.TapListener;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Rows;
import dev.sluice.models.checkpoint.NamedArrays;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Copies everything the taps and a state show, by name, for one sequence that starts at position 0. */
final class Recorder implements TapListener, StateReader {
    /** Rows of equal width, room for more of them behind the last. */
    private static final class Table {
        private final int width;
        private float[] values = new float[0];
        private int rows;

        private Table(int width) {
            this.width = width;
        }

        private float[] grow(int count) {
            int size = Math.multiplyExact(count, width);
            if (size > values.length) {
                values = Arrays.copyOf(values, Math.max(size, values.length + values.length / 2));
            }
            rows = Math.max(rows, count);
            return values;
        }
    }

    private record State(float[] values, int[] shape) {}

    private final Map<String, Table> tables = new TreeMap<>();
    private final Map<String, State> states = new TreeMap<>();
    private final Map<String, int[]> chosen = new TreeMap<>();
    private final Map<String, Integer> topK = new TreeMap<>();

    @Override
    public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {
        float[] all = grow(name, position + tokens, width);
        for (int t = 0; t < tokens; t++) {
            System.arraycopy(data.data().toArray(data.row(first + t), width), 0, all, (position + t) * width, width);
        }
    }

    /** One row of a result, such as the logits of a token. */
    void row(String name, int position, F32 data, long at, int width) {
        rows(name, 0, position, new Rows(data, at, width), 0, 1, width);
    }

    @Override
    public void router(
            String layer, int entry, int position, int[] indices, float[] weights, int from, int tokens, int most) {
        float[] all = grow(layer + ".weights", position + tokens, most);
        System.arraycopy(weights, from, all, position * most, tokens * most);
        int[] old = chosen.getOrDefault(layer + ".indices", new int[0]);
        int[] grown = Arrays.copyOf(old, (position + tokens) * most);
        System.arraycopy(indices, from, grown, position * most, tokens * most);
        chosen.put(layer + ".indices", grown);
        topK.put(layer + ".indices", most);
    }

    @Override
    public void state(String name, F32 data, int... shape) {
        states.put(name, new State(data.toArray(0, Math.toIntExact(data.size())), shape.clone()));
    }

    private float[] grow(String name, int rows, int width) {
        return tables.computeIfAbsent(name, _ -> new Table(width)).grow(rows);
    }

    /** Adds all that was recorded. */
    void to(NamedArrays arrays) {
        tables.forEach((name, table) ->
                arrays.put(name, Arrays.copyOf(table.values, table.rows * table.width), table.rows, table.width));
        chosen.forEach((name, indices) -> {
            int width = topK.getOrDefault(name, 1);
            arrays.put(name, indices, indices.length / width, width);
        });
        states.forEach((name, state) -> arrays.put(name, state.values, state.shape));
    }
}
