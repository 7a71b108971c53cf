package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.tools.Taps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A comparison of computed values, for people and for programs. */
final class TapsText {
    private static final Pattern LAYER = Pattern.compile("\\.([0-9]+)(?:\\.|$)");

    private TapsText() {}

    static String text(Taps.Comparison comparison) {
        StringBuilder out = new StringBuilder();
        line(out, "value", "difference", "allowed", "");
        for (Taps.Row row : comparison.rows()) {
            line(
                    out,
                    row.name(),
                    row.fault() == null ? number(row.difference()) : "-",
                    row.fault() == null ? number(row.tolerance()) : "-",
                    row.fault() == null ? row.within() ? "" : "OUT" : row.fault());
        }
        if (!comparison.notCompared().isEmpty()) {
            out.append("not compared: ")
                    .append(String.join(", ", comparison.notCompared()))
                    .append(" (activations quantised too)\n");
        }
        String first = comparison.firstOutside();
        out.append(
                first == null
                        ? String.format(
                                "all %d values agree%n", comparison.rows().size())
                        : String.format(
                                "%d of %d values are out of tolerance; %s%n",
                                comparison.rows().stream()
                                        .filter(row -> !row.within())
                                        .count(),
                                comparison.rows().size(),
                                where(first)));
        return out.toString();
    }

    /** The place in the model where the difference begins. */
    private static String where(String name) {
        Matcher layer = LAYER.matcher(name);
        if (layer.find()) {
            return "the first layer that differs is " + layer.group(1) + ", at " + name;
        }
        return "no layer differs, the first value that does is " + name;
    }

    private static String number(double value) {
        return value == Math.rint(value) && value < 1e9
                ? String.valueOf((long) value)
                : String.format(Locale.ROOT, "%.2e", value);
    }

    private static void line(StringBuilder out, String name, String difference, String allowed, String note) {
        out.append(String.format("%-28s %10s %10s  %s", name, difference, allowed, note)
                        .stripTrailing())
                .append('\n');
    }

    static String json(Taps.Comparison comparison) {
        List<Object> rows = new ArrayList<>();
        for (Taps.Row row : comparison.rows()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("name", row.name());
            if (row.fault() == null) {
                // JSON has no infinity: a difference that is none is left out, within says it
                if (Double.isFinite(row.difference())) {
                    line.put("difference", row.difference());
                }
                line.put("tolerance", row.tolerance());
            } else {
                line.put("fault", row.fault());
            }
            line.put("within", row.within());
            rows.add(line);
        }
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("agrees", comparison.agrees());
        String first = comparison.firstOutside();
        if (first != null) {
            out.put("first_outside", first);
        }
        out.put("values", rows);
        out.put("not_compared", comparison.notCompared());
        return Json.write(out) + "\n";
    }
}
