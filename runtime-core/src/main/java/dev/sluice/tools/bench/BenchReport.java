package dev.sluice.tools.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark of one model found.
 *
 * @param rows one for each combination that has at least one repetition
 * @param environment processor, JVM and its flags, vector width, slow paths, limits, memory: names to values
 * @param errors figures beyond their limit; the benchmark is wrong then
 * @param complete whether all repetitions ran
 */
public record BenchReport(
        List<BenchRow> rows, Map<String, @Nullable Object> environment, List<String> errors, boolean complete) {
    public BenchReport {
        rows = List.copyOf(rows);
        errors = List.copyOf(errors);
    }
}
