package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.tools.bench.FirstToken;
import dev.sluice.tools.bench.NumberList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sluice bench latency}: how long a new process takes to its first token, and with what. */
final class LatencyCommand implements Callable<Integer> {
    private static final String TOTAL = "process start to first token";
    private static final String JVM = "JVM start";
    private static final String HELLO = "for comparison: a JVM that says hello";
    private static final String RATIO = "first token, in hellos";

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
                        "Starts new processes with the flags of this one, so that nothing is warm but the disk's cache. The launcher"
                                + " script is not part of it.",
                        "");
        Flags flags = new Flags(spec);
        model.addTo(flags);
        flags.option("-r, --repetitions=N", "Processes to start, after one that warms the disk's cache. Default: 5.")
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
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (int run = 0; run <= runs; run++) {
            Map<String, Double> parts = measure(folder);
            double hello = hello();
            if (run > 0) {
                parts.forEach((name, ms) ->
                        times.computeIfAbsent(name, _ -> new ArrayList<>()).add(ms));
                times.computeIfAbsent(HELLO, _ -> new ArrayList<>()).add(hello);
            }
        }
        console.text(output == Form.json ? Json.write(summary(times)) + "\n" : table(times));
        return ExitCode.OK;
    }

    private void measureHere(Path folder) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("begun", System.currentTimeMillis() * 1e3);
        FirstToken times = FirstToken.measure(folder);
        answer.put("parts", times.parts());
        console.text(Json.write(answer) + "\n");
    }

    /** Milliseconds of the parts, then of all. */
    private static Map<String, Double> measure(Path folder) {
        double started = System.currentTimeMillis() * 1e3;
        String line = run(Main.class, List.of("bench", "latency", "--child", folder.toString()));
        Map<String, @Nullable Object> answer = Json.object(line);
        Map<String, Double> parts = new LinkedHashMap<>();
        if (answer.get("begun") instanceof Number begun && answer.get("parts") instanceof Map<?, ?> measured) {
            parts.put(JVM, (begun.doubleValue() - started) / 1e3);
            measured.forEach((name, ms) -> parts.put(String.valueOf(name), ((Number) ms).doubleValue()));
        }
        parts.put(
                TOTAL, parts.values().stream().mapToDouble(Double::doubleValue).sum());
        return parts;
    }

    /** The same JVM with the same flags that says hello, from its start to its end. */
    private static double hello() {
        long start = System.nanoTime();
        run(Hello.class, List.of());
        return (System.nanoTime() - start) / 1e6;
    }

    private static String run(Class<?> main, List<String> arguments) {
        List<String> command = OwnJvm.command(main);
        command.addAll(arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new ModelBrokenException("a process that was to be measured ended with " + code
                        + "; run this to see why: " + String.join(" ", command));
            }
            return out;
        } catch (IOException e) {
            throw new InvalidRequestException("a process to measure cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InvalidRequestException("interrupted while a process was measured", e);
        }
    }

    private static Map<String, Object> summary(Map<String, List<Double>> times) {
        Map<String, Object> out = new LinkedHashMap<>();
        times.forEach((name, values) -> out.put(name, Map.of("best_ms", best(values), "mean_ms", mean(values))));
        out.put(RATIO, ratio(times));
        return out;
    }

    private static String table(Map<String, List<Double>> times) {
        StringBuilder out = new StringBuilder("| part | best ms | mean ms |\n|---|---:|---:|\n");
        times.forEach((name, values) ->
                out.append(String.format(Locale.ROOT, "| %s | %.0f | %.0f |%n", name, best(values), mean(values))));
        return out.append(String.format(Locale.ROOT, "%n%s: %.1f (best of each)%n", RATIO, ratio(times)))
                .toString();
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
