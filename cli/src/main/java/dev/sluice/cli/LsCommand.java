package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.ModelReport;
import dev.sluice.tools.ModelCatalog;
import dev.sluice.tools.ModelCatalog.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice ls}: the models on this machine. */
final class LsCommand implements Callable<Integer> {
    private boolean json;
    private final ModelPlaces places = new ModelPlaces();
    private final HelpFlags help = new HelpFlags();

    private final Console console;

    LsCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("ls").aliases("list");
        spec.usageMessage()
                .header("Lists the models on this machine, by the names that other commands take.")
                .description(
                        "",
                        "Looks into the folders of --models-path and the Hugging Face cache, and reads the headers of the weights only.",
                        "");
        Flags flags = new Flags(spec);
        flags.option("--json", "One JSON object, sizes in bytes.").flag(on -> json = on);
        places.addTo(flags);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        ModelCatalog catalog = places.catalog(console);
        AtomicReference<String> name = new AtomicReference<>("");
        List<Entry> entries;
        try (StatusLine _ = new StatusLine(console, console.errTerminal(), () -> "examining " + name.get())) {
            entries = catalog.entries(name::set);
        }
        console.text(json ? json(catalog, entries) : table(entries));
        if (!json && entries.isEmpty()) {
            List<String> looked = catalog.places().stream().map(String::valueOf).toList();
            console.sayWrapped("sluice: no models in " + String.join(", ", looked));
        }
        return ExitCode.OK;
    }

    /** Names first and whole: they are what is copied from here. */
    private String table(List<Entry> entries) {
        List<String[]> rows = new ArrayList<>();
        for (Entry entry : entries) {
            rows.add(row(entry));
        }
        int[] widths = new int[5];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        int columns = console.outTerminal() ? console.screen().columns() : Integer.MAX_VALUE;
        boolean fits = IntStream.of(widths).sum() + 2 * (widths.length - 1) <= columns;
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            String[] row = rows.get(i);
            out.append(fits ? aligned(row, widths) : row[0]).append('\n');
            if (!fits) {
                below(rest(row), columns, out);
            }
            String problem = entries.get(i).problem();
            if (problem != null) {
                below(state(entries.get(i)) + ": " + problem, columns, out);
            }
        }
        return out.toString();
    }

    private static String aligned(String[] row, int[] widths) {
        String form = "%-" + widths[0] + "s  %-" + Math.max(1, widths[1]) + "s  %" + Math.max(1, widths[2]) + "s  %-"
                + Math.max(1, widths[3]) + "s  %" + widths[4] + "s";
        return String.format(form, (Object[]) row);
    }

    /** What there is besides the name, where a terminal is too narrow for columns. */
    private static String rest(String[] row) {
        return Stream.of(row).skip(1).filter(cell -> !cell.equals("-")).collect(Collectors.joining(", "));
    }

    private static void below(String text, int columns, StringBuilder out) {
        PlainText.wrap(text, columns - 3)
                .forEach(line -> out.append("  ").append(line).append('\n'));
    }

    private static String[] row(Entry entry) {
        ModelReport report = entry.report();
        return report == null
                ? new String[] {entry.name(), "-", "-", "-", Sizes.bytes(entry.bytes())}
                : new String[] {
                    entry.name(),
                    report.modelType(),
                    Sizes.count(report.trunkParameters()),
                    report.form(),
                    Sizes.bytes(entry.bytes())
                };
    }

    private static String state(Entry entry) {
        return entry.state().name().toLowerCase(Locale.ROOT);
    }

    private static String json(ModelCatalog catalog, List<Entry> entries) {
        List<Map<String, @Nullable Object>> models = new ArrayList<>();
        for (Entry entry : entries) {
            ModelReport report = entry.report();
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("name", entry.name());
            fields.put("folder", entry.folder().toString());
            fields.put("state", state(entry));
            fields.put("model_type", report == null ? null : report.modelType());
            fields.put("parameters", report == null ? null : report.trunkParameters());
            fields.put("format", report == null ? null : report.form());
            fields.put("bytes", entry.bytes());
            fields.put("problem", entry.problem());
            models.add(fields);
        }
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("places", catalog.places().stream().map(String::valueOf).toList());
        out.put("models", models);
        return Json.write(out) + "\n";
    }
}
