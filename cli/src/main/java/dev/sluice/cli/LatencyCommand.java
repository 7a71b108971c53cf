package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.tools.bench.FirstToken;
import dev.sluice.tools.bench.NumberList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice bench latency}: how long a new process takes to its first token, and with what. */
final class LatencyCommand implements Callable<Integer> {
    private static final String TOTAL = "process start to first token";
    private static final String HELLO = "for comparison: a JVM that says hello";
    private static final String RATIO = "first token, in hellos";
    private static final String PARTS = "parts, of a process that measures itself";
    private static final String JVM = "JVM start";

    private final ModelArgument model = new ModelArgument();
    private String repetitions = "5";
    private Form output = Form.md;
    private boolean child;
    private final HelpFlags help = new HelpFlags();

    /** Forms of output. */
    enum Form {
        md,
        json
    }

    private final Console console;

    LatencyCommand(Console console) {
        this.console = console;
    }

    CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(this).name("latency");
        spec.usageMessage()
                .header("Measures the time from the start of a process to its first token, and its parts.")
                .description(
                        "",
                        "Starts sluice run -n 1 with the flags of this process, and times it until the first byte of the answer"
                                + " can be read; so nothing is warm but the disk's cache. A JVM that says hello is timed in the same"
                                + " way. The launcher script is part of neither.",
                        "");
        Flags flags = new Flags(spec);
        model.addTo(flags);
        flags.option(
                        "-r, --repetitions=N",
                        "Processes to start of each kind, after one that warms the disk's cache. Default: 5.")
                .value(String.class, repetitions, given -> repetitions = given);
        flags.option("-o, --output=md|json", "What to print on standard output. Default: md.")
                .value(Form.class, output, given -> output = given);
        flags.option("--child", "Be one of the processes that are measured.")
                .with(option -> option.hidden(true))
                .flag(on -> child = on);
        help.addTo(flags);
        return spec;
    }

    @Override
    public Integer call() {
        Path folder = model.folder(console);
        if (child) {
            measureHere(folder);
            return ExitCode.OK;
        }
        int runs = NumberList.parse("-r", repetitions, 1, 1000).getFirst();
        Map<String, List<Double>> whole = new LinkedHashMap<>();
        Map<String, List<Double>> parts = new LinkedHashMap<>();
        boolean silent = false;
        for (int run = 0; run <= runs; run++) {
            TimedProcess answer = TimedProcess.run(Main.class, asUsersDo(folder));
            TimedProcess hello = TimedProcess.run(Hello.class, List.of());
            Map<String, Double> inParts = inParts(folder);
            if (run > 0) {
                add(whole, TOTAL, answer.firstByteMs());
                add(whole, HELLO, hello.firstByteMs());
                inParts.forEach((name, ms) -> add(parts, name, ms));
            }
            silent = answer.out().isEmpty();
        }
        if (silent) {
            console.sayWrapped(
                    "sluice: the first token of this model shows no text (it thinks first, or ends at once); the"
                            + " process was timed to its end instead");
        }
        console.text(output == Form.json ? Json.write(summary(whole, parts)) + "\n" : tables(whole, parts));
        return ExitCode.OK;
    }

    private static void add(Map<String, List<Double>> times, String name, double ms) {
        times.computeIfAbsent(name, _ -> new ArrayList<>()).add(ms);
    }

    private static List<String> asUsersDo(Path folder) {
        return List.of("run", "-n", "1", "--temp", "0", "-m", folder.toString(), FirstToken.PROMPT);
    }

    /** The empty line says that the command has begun. */
    private void measureHere(Path folder) {
        console.text("\n");
        console.text(Json.write(FirstToken.measure(folder).parts()) + "\n");
    }

    private static Map<String, Double> inParts(Path folder) {
        TimedProcess measured = TimedProcess.run(Main.class, List.of("bench", "latency", "--child", folder.toString()));
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put(JVM, measured.firstByteMs());
        Json.object(measured.out()).forEach((name, ms) -> {
            if (ms instanceof Number number) {
                parts.put(name, number.doubleValue());
            }
        });
        return parts;
    }

    private static Map<String, Object> summary(Map<String, List<Double>> whole, Map<String, List<Double>> parts) {
        Map<String, Object> out = summary(whole);
        out.put(RATIO, ratio(whole));
        out.put(PARTS, summary(parts));
        return out;
    }

    private static Map<String, Object> summary(Map<String, List<Double>> times) {
        Map<String, Object> out = new LinkedHashMap<>();
        times.forEach((name, values) -> out.put(name, Map.of("best_ms", best(values), "mean_ms", mean(values))));
        return out;
    }

    private static String tables(Map<String, List<Double>> whole, Map<String, List<Double>> parts) {
        return String.format(
                Locale.ROOT,
                "%s%n%s: %.1f (first byte to first byte, best of each)%n%n%s",
                table("start to first byte of output", whole),
                RATIO,
                ratio(whole),
                table(PARTS, parts));
    }

    private static String table(String title, Map<String, List<Double>> times) {
        StringBuilder out = new StringBuilder("| " + title + " | best ms | mean ms |\n|---|---:|---:|\n");
        times.forEach((name, values) ->
                out.append(String.format(Locale.ROOT, "| %s | %.0f | %.0f |%n", name, best(values), mean(values))));
        return out.toString();
    }

    private static double ratio(Map<String, List<Double>> times) {
        return best(times.getOrDefault(TOTAL, List.of())) / best(times.getOrDefault(HELLO, List.of()));
    }

    private static double best(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
