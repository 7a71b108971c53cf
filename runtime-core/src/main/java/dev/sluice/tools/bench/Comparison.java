package dev.sluice.tools.bench;

import dev.sluice.Json;
import dev.sluice.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Two results side by side. */
public final class Comparison {
    /** A difference of fewer standard errors may be chance (about 5 % of the time for many repetitions). */
    private static final double SIGNIFICANT = 2;

    private Comparison() {}

    /**
     * A test that both have.
     *
     * @param before mean tokens a second, and standard deviation
     * @param ratio after over before
     * @param significant whether the means differ by more than twice the standard error of their difference
     */
    public record Line(
            String test,
            double before,
            double beforeDeviation,
            double after,
            double afterDeviation,
            double ratio,
            boolean significant) {}

    /**
     * Compares rows of the same model, test, threads and batch.
     *
     * @param before text of a JSON array, or one object a line
     * @throws InvalidRequestException one is no result of a benchmark, or they have no test in common
     */
    public static List<Line> of(String beforeName, String before, String afterName, String after) {
        Map<String, Map<?, ?>> first = rows(beforeName, before);
        Map<String, Map<?, ?>> second = rows(afterName, after);
        List<Line> lines = new ArrayList<>();
        first.forEach((key, row) -> {
            Map<?, ?> other = second.get(key);
            if (other != null) {
                lines.add(line(key, beforeName, row, afterName, other));
            }
        });
        if (lines.isEmpty()) {
            throw new InvalidRequestException(beforeName + " has " + first.keySet() + " and " + afterName + " has "
                    + second.keySet() + ": no test in common");
        }
        return lines;
    }

    private static Line line(String key, String beforeName, Map<?, ?> before, String afterName, Map<?, ?> after) {
        double a = number(beforeName, before, "avg_ts");
        double b = number(afterName, after, "avg_ts");
        double da = number(beforeName, before, "stddev_ts");
        double db = number(afterName, after, "stddev_ts");
        double error = Math.sqrt(da * da / repetitions(before) + db * db / repetitions(after));
        boolean certain = repetitions(before) > 1 && repetitions(after) > 1;
        return new Line(key, a, da, b, db, b / a, certain && Math.abs(b - a) > SIGNIFICANT * error);
    }

    private static int repetitions(Map<?, ?> row) {
        return row.get("samples_ts") instanceof List<?> samples ? Math.max(1, samples.size()) : 1;
    }

    private static double number(String file, Map<?, ?> row, String name) {
        if (row.get(name) instanceof Number number) {
            return number.doubleValue();
        }
        throw new InvalidRequestException(
                file + " has a row without the number " + name + "; expected what sluice bench -o json prints");
    }

    private static Map<String, Map<?, ?>> rows(String file, String text) {
        List<@Nullable Object> values = new ArrayList<>();
        try {
            if (text.stripLeading().startsWith("[")) {
                values.addAll((List<?>) Objects.requireNonNull(Json.parse(text)));
            } else {
                text.lines().filter(line -> !line.isBlank()).forEach(line -> values.add(Json.parse(line)));
            }
        } catch (InvalidRequestException e) {
            throw new InvalidRequestException(file + " is no JSON: " + e.getMessage(), e);
        }
        Map<String, Map<?, ?>> rows = new LinkedHashMap<>();
        for (Object value : values) {
            if (!(value instanceof Map<?, ?> row) || !(row.get("test") instanceof String test)) {
                throw new InvalidRequestException(
                        file + " has a value that is no row of a benchmark; expected what sluice bench -o json prints");
            }
            String key = row.get("model_filename") + " " + test + ", " + row.get("n_threads") + " threads, batch "
                    + row.get("n_batch");
            rows.put(key, row);
        }
        if (rows.isEmpty()) {
            throw new InvalidRequestException(file + " has no rows; expected what sluice bench -o json prints");
        }
        return rows;
    }
}
