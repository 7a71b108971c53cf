package dev.sluice.cli;

import dev.sluice.tools.bench.BenchReport;
import dev.sluice.tools.bench.BenchRow;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands under the tables: machine, JVM, limits, memory, and where the time went. */
final class BenchNotes {
    /** Fields of a limit with the rate of what products use, and its name. */
    private static final Map<String, String> ARITHMETIC =
            Map.of("fma_gflops", "f32 multiply-add", "bf16_gflops", "BF16 pairs", "int8_gflops", "8-bit multiply-add");

    private BenchNotes() {}

    static void append(StringBuilder out, List<BenchReport> reports) {
        for (BenchReport report : reports) {
            if (report.rows().isEmpty()) {
                continue;
            }
            Map<String, @Nullable Object> environment = report.environment();
            out.append("\n- ").append(report.rows().getFirst().model()).append('\n');
            line(out, "machine", environment.get("cpu_info") + ", " + environment.get("cores") + " cores");
            line(
                    out,
                    "JVM",
                    environment.get("jvm") + ", kernels " + environment.get("kernels") + ", slow paths "
                            + environment.get("slow_paths") + ", flags " + environment.get("jvm_flags"));
            if (environment.get("limits") instanceof List<?> limits) {
                limits.forEach(limit -> limit(out, limit));
            }
            if (environment.get("memory") instanceof Map<?, ?> memory) {
                memory(out, memory);
            }
            report.rows().forEach(row -> profile(out, row));
        }
    }

    private static void line(StringBuilder out, String label, String text) {
        out.append("  - ").append(label).append(": ").append(text).append('\n');
    }

    private static void limit(StringBuilder out, Object limit) {
        if (limit instanceof Map<?, ?> fields) {
            String arithmetic = ARITHMETIC.keySet().stream()
                    .filter(fields::containsKey)
                    .findFirst()
                    .orElseThrow();
            line(
                    out,
                    "limits of " + fields.get("threads") + " threads",
                    "read " + fields.get("read_gbps") + " GB/s (" + fields.get("read_form") + "; anonymous memory "
                            + fields.get("read_anonymous_gbps") + ", mapped file " + fields.get("read_mapped_gbps")
                            + ", working set " + fields.get("read_working_set_gbps") + "), "
                            + ARITHMETIC.get(arithmetic) + " " + fields.get(arithmetic) + " GFLOP/s, unpack GB/s "
                            + fields.get("unpack_gbps"));
        }
    }

    private static void memory(StringBuilder out, Map<?, ?> memory) {
        line(
                out,
                "memory",
                "predicted " + size(memory.get("predicted")) + " (weights " + size(memory.get("predicted_weights"))
                        + ", sequences " + size(memory.get("predicted_sequences")) + ", buffers "
                        + size(memory.get("predicted_scratch")) + "), measured " + size(memory.get("measured"))
                        + " and the JVM's own " + size(memory.get("jvm")) + " (resident in all "
                        + size(memory.get("measured_rss")) + "), page faults from disk " + memory.get("major_faults"));
    }

    private static String size(@Nullable Object bytes) {
        return bytes instanceof Number number && number.longValue() >= 0 ? Sizes.bytes(number.longValue()) : "unknown";
    }

    private static void profile(StringBuilder out, BenchRow row) {
        Map<String, Double> profile = row.profile();
        if (profile == null) {
            return;
        }
        StringBuilder text = new StringBuilder();
        profile.forEach((kind, share) -> text.append(text.isEmpty() ? "" : ", ")
                .append(kind)
                .append(String.format(Locale.ROOT, " %.1f %%", 100 * share)));
        line(
                out,
                "time of " + row.workload().label() + " on " + row.threads() + " threads, with a clock at each kernel",
                text.toString());
    }
}
