package dev.sluice.tools.taps;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.models.checkpoint.Tolerances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Computed values against expected ones, name by name in the order in which a model computes them. */
public final class TapComparison {
    private static final Pattern LAYER = Pattern.compile("(?:hidden|(?:tap|router|state)\\.layers)\\.([0-9]+)\\b.*");

    /** Within a layer. */
    private static final List<String> ORDER =
            List.of("mixer", "conv", "S", "indices", "weights", "mlp", "hidden", "logits", "greedy", "greedy_logits");

    /**
     * One name.
     *
     * @param difference largest absolute difference; infinite when a value is not a number; for ids the number of those
     *     that differ
     * @param tolerance largest difference allowed, 0 for ids
     * @param fault why the values cannot be compared, or null
     */
    public record Row(
            String name,
            double difference,
            double tolerance,
            @Nullable String fault) {
        /** Whether the values agree. */
        public boolean within() {
            return fault == null && difference <= tolerance;
        }

        /** The difference as a share of what is allowed. */
        double share() {
            return difference == 0 ? 0 : difference / tolerance;
        }
    }

    private final NamedArrays expected;
    private final NamedArrays found;
    private final Tolerances tolerances;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notCompared = new ArrayList<>();

    private TapComparison(NamedArrays expected, NamedArrays found, Tolerances tolerances) {
        this.expected = expected;
        this.found = found;
        this.tolerances = tolerances;
    }

    /** Compares every name that {@code expected} has, but for the prompt and what quantised activations would give. */
    public static TapComparison of(NamedArrays expected, NamedArrays found, Tolerances tolerances) {
        TapComparison comparison = new TapComparison(expected, found, tolerances);
        expected.keys().stream()
                .filter(key -> !key.equals("input_ids"))
                .sorted(Comparator.comparingInt(TapComparison::layer)
                        .thenComparingInt(TapComparison::place)
                        .thenComparing(Comparator.naturalOrder()))
                .forEach(comparison::compare);
        return comparison;
    }

    private void compare(String key) {
        // Sluice multiplies FP8 codes with f32 activations; these rows belong to programs that quantise both
        if (key.contains("w8a8")) {
            notCompared.add(key);
            return;
        }
        String source = key.equals("logits_mlx") ? "logits" : key;
        String fault = fault(key, source);
        if (fault != null) {
            rows.add(new Row(key, Double.POSITIVE_INFINITY, 0, fault));
        } else if (expected.type(key) == Dtype.I32) {
            rows.add(new Row(key, unequal(expected.ints(key), found.ints(source)), 0, null));
        } else {
            float[] values = expected.floats(key);
            rows.add(new Row(key, largest(values, found.floats(source)), tolerances.of(key, magnitude(values)), null));
        }
    }

    private @Nullable String fault(String key, String source) {
        if (!found.has(source)) {
            return "this model computes no such value";
        }
        String want = expected.type(key) + " " + Arrays.toString(expected.shape(key));
        String have = found.type(source) + " " + Arrays.toString(found.shape(source));
        return want.equals(have) ? null : "the file has " + want + ", this model computes " + have;
    }

    private static int unequal(int[] expected, int[] found) {
        int count = 0;
        for (int i = 0; i < expected.length; i++) {
            count += expected[i] == found[i] ? 0 : 1;
        }
        return count;
    }

    private static double largest(float[] expected, float[] found) {
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - found[i]);
            worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
        }
        return worst;
    }

    private static double magnitude(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Layer of a name; names behind the layers follow, the draft head's last. */
    private static int layer(String key) {
        Matcher matcher = LAYER.matcher(key);
        return matcher.matches()
                ? Integer.parseInt(matcher.group(1))
                : Integer.MAX_VALUE - (key.startsWith("mtp.") ? 0 : key.startsWith("hidden.") ? 2 : 1);
    }

    private static int place(String key) {
        int place = ORDER.indexOf(key.startsWith("hidden.") ? "hidden" : key.substring(key.lastIndexOf('.') + 1));
        return place < 0 ? ORDER.size() : place;
    }

    /** One row for each compared name, in the order of computation. */
    public List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Names that the file has and no run of this program computes. */
    public List<String> notCompared() {
        return List.copyOf(notCompared);
    }

    /** The first row that is out of tolerance: where a model goes wrong. */
    public @Nullable Row firstOutside() {
        return rows.stream().filter(row -> !row.within()).findFirst().orElse(null);
    }

    /** Whether all rows are within tolerance. */
    public boolean agrees() {
        return firstOutside() == null;
    }

    /** The largest difference and tolerance of each kind of value. */
    @Override
    public String toString() {
        Map<String, Row> worst = new TreeMap<>();
        for (Row row : rows) {
            String kind = row.name().startsWith("mtp.") ? row.name() : Tolerances.kind(row.name());
            worst.merge(kind, row, (a, b) -> a.share() >= b.share() ? a : b);
        }
        StringBuilder out = new StringBuilder();
        worst.forEach((kind, row) ->
                out.append(String.format(Locale.ROOT, "%s %.1e/%.1e  ", kind, row.difference(), row.tolerance())));
        return out.toString();
    }
}
