package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.tools.bench.BenchReport;
import dev.sluice.tools.bench.BenchRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@link BenchReport}s as a table for people and in three forms for programs. */
final class BenchText {
    /** Forms of output. */
    enum Format {
        md,
        csv,
        json,
        jsonl
    }

    private BenchText() {}

    static String text(Format format, List<BenchReport> reports) {
        return switch (format) {
            case md -> markdown(reports);
            case csv -> csv(objects(reports));
            case json -> objects(reports).stream().map(Json::write).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
            case jsonl ->
                objects(reports).stream().map(row -> Json.write(row) + "\n").collect(Collectors.joining());
        };
    }

    private static List<Map<String, @Nullable Object>> objects(List<BenchReport> reports) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (BenchReport report : reports) {
            for (BenchRow row : report.rows()) {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                fields.put("build_commit", String.join(" ", new Version().getVersion()));
                fields.put("build_number", 0);
                fields.put("gpu_info", "");
                fields.putAll(row.fields());
                report.environment().forEach(fields::putIfAbsent);
                rows.add(fields);
            }
        }
        return rows;
    }

    private static String csv(List<Map<String, @Nullable Object>> rows) {
        if (rows.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        Set<String> names = rows.getFirst().keySet();
        out.append(String.join(",", names)).append('\n');
        for (Map<String, @Nullable Object> row : rows) {
            out.append(names.stream().map(name -> cell(row.get(name))).collect(Collectors.joining(",")))
                    .append('\n');
        }
        return out.toString();
    }

    private static String cell(@Nullable Object value) {
        String text = value instanceof String s ? s : value == null ? "" : Json.write(value);
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    /** A column; one that says the same everywhere is left out unless it is always wanted. */
    private record Column(String title, boolean always, boolean right, Function<BenchRow, String> value) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("model", true, false, BenchRow::model),
            new Column("size", true, true, row -> Sizes.bytes(row.modelBytes())),
            new Column("params", true, true, row -> Sizes.count(row.parameters())),
            new Column("backend", true, false, BenchRow::backend),
            new Column("threads", true, true, row -> String.valueOf(row.threads())),
            new Column("n_batch", false, true, row -> String.valueOf(row.batch())),
            new Column("test", true, true, row -> row.workload().label()),
            new Column("t/s", true, true, row -> number(row.mean()) + " ± " + number(row.deviation())),
            new Column("GB/s", true, true, row -> number(row.gbps())),
            new Column("GFLOP/s", true, true, row -> number(row.gflops())),
            new Column("roofline", true, true, BenchText::percent));

    private static String percent(BenchRow row) {
        Double percent = row.percent();
        return percent == null ? "unknown" : String.format(Locale.ROOT, "%.1f %% of %s", percent, row.bound());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String markdown(List<BenchReport> reports) {
        List<BenchRow> rows =
                reports.stream().flatMap(report -> report.rows().stream()).toList();
        if (rows.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        table(
                out,
                COLUMNS.stream()
                        .filter(column -> column.always()
                                || rows.stream().map(column.value()).distinct().count() > 1)
                        .toList(),
                rows);
        out.append('\n');
        table(out, DETAILS, rows);
        BenchNotes.append(out, reports);
        return out.toString();
    }

    private static final List<Column> DETAILS = List.of(
            new Column("test", true, true, row -> row.workload().label()),
            new Column("threads", true, true, row -> String.valueOf(row.threads())),
            new Column("MB/token", true, true, row -> mega(row, row.traffic().bytes())),
            new Column("weights", true, true, row -> mega(row, row.traffic().weights())),
            new Column("experts", true, true, row -> mega(row, row.traffic().experts())),
            new Column("state", true, true, row -> mega(row, row.traffic().state())),
            new Column("KV", true, true, row -> mega(row, row.traffic().kv())),
            new Column("limit GB/s", true, true, row -> number(row.rooflineGbps())),
            new Column("limit GFLOP/s", true, true, row -> number(row.rooflineGflops())),
            new Column("expert visits", true, true, BenchText::experts),
            new Column("heap B/token", true, true, BenchText::allocated),
            new Column(
                    "minor faults",
                    true,
                    true,
                    row -> number(row.perToken(row.paging().pages().minor()))),
            new Column(
                    "major faults",
                    true,
                    true,
                    row -> number(row.perToken(row.paging().pages().major()))),
            new Column(
                    "disk MB",
                    true,
                    true,
                    row -> number(row.perToken(row.paging().pages().diskBytes()) / 1e6)),
            new Column("expert hits", true, true, BenchText::expertHits));

    private static String mega(BenchRow row, long bytes) {
        return String.format(Locale.ROOT, "%.3f", bytes / 1e6 / row.workload().tokens());
    }

    private static String experts(BenchRow row) {
        return row.experts() == 0 ? "-" : row.visited() + " (" + row.experts() + " experts)";
    }

    private static String expertHits(BenchRow row) {
        Double hits = row.paging().expertHits();
        return hits == null ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * hits);
    }

    private static String allocated(BenchRow row) {
        return row.allocated() < 0
                ? "unknown"
                : number((double) row.allocated() / row.workload().tokens());
    }

    private static void table(StringBuilder out, List<Column> columns, List<BenchRow> rows) {
        List<List<String>> cells = new ArrayList<>();
        for (Column column : columns) {
            List<String> cell = new ArrayList<>(List.of(column.title()));
            rows.forEach(row -> cell.add(column.value().apply(row)));
            cells.add(cell);
        }
        for (int line = 0; line <= rows.size(); line++) {
            for (int i = 0; i < columns.size(); i++) {
                int width = cells.get(i).stream().mapToInt(String::length).max().orElse(0);
                String text = cells.get(i).get(line);
                String space = " ".repeat(width - text.length());
                out.append("| ")
                        .append(columns.get(i).right() ? space + text : text + space)
                        .append(' ');
            }
            out.append("|\n");
            if (line == 0) {
                for (int i = 0; i < columns.size(); i++) {
                    int width =
                            cells.get(i).stream().mapToInt(String::length).max().orElse(0);
                    String dashes = "-".repeat(width);
                    out.append("| ")
                            .append(columns.get(i).right() ? dashes.substring(1) + ":" : dashes)
                            .append(' ');
                }
                out.append("|\n");
            }
        }
    }
}
