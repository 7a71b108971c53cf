package dev.sluice.cli;

import dev.sluice.tools.bench.Comparison;
import java.nio.file.Path;
import java.util.Locale;

/** The table of {@code sluice bench --compare}. */
final class BenchComparison {
    private BenchComparison() {}

    static String text(Path before, Path after) {
        StringBuilder out =
                new StringBuilder("| test | before t/s | after t/s | ratio | |\n|---|---:|---:|---:|---|\n");
        for (Comparison.Line line :
                Comparison.of(before.toString(), TextSource.file(before), after.toString(), TextSource.file(after))) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f ± %.2f | %.2f ± %.2f | %.3f | %s |%n",
                    line.test(),
                    line.before(),
                    line.beforeDeviation(),
                    line.after(),
                    line.afterDeviation(),
                    line.ratio(),
                    verdict(line)));
        }
        return out.toString();
    }

    private static String verdict(Comparison.Line line) {
        if (!line.significant()) {
            return "no difference beyond the spread";
        }
        return line.ratio() > 1 ? "faster" : "slower";
    }
}
