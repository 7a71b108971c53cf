package dev.sluice.cli;

import dev.sluice.Json;
import dev.sluice.tools.Verify;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code verify} found, for people and for programs. */
final class VerifyText {
    /** Lines of faults for people; {@code --json} has them all. */
    private static final int MOST = 100;

    private VerifyText() {}

    static String text(Verify.Report report, double seconds) {
        StringBuilder out = new StringBuilder();
        lines(out, "broken: ", report.faults());
        lines(out, "note: ", report.warnings());
        out.append(String.format(
                Locale.ROOT,
                "%s: %s; %s, %s, %s read in %.1f s (%s/s)%n",
                report.folder(),
                report.sound() ? "sound" : Sizes.number(report.faults().size(), "fault"),
                Sizes.number(report.files(), "file"),
                Sizes.number(report.tensors(), "tensor"),
                Sizes.bytes(report.bytes()),
                seconds,
                Sizes.bytes((long) (report.bytes() / Math.max(seconds, 1e-9)))));
        return out.toString();
    }

    private static void lines(StringBuilder out, String label, List<String> lines) {
        lines.stream()
                .limit(MOST)
                .forEach(line -> out.append(label).append(line).append('\n'));
        if (lines.size() > MOST) {
            out.append(String.format("... and %,d more; --json lists all%n", lines.size() - MOST));
        }
    }

    static String json(Verify.Report report, double seconds) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("folder", report.folder().toString());
        out.put("sound", report.sound());
        out.put("faults", report.faults());
        out.put("warnings", report.warnings());
        out.put("files", report.files());
        out.put("tensors", report.tensors());
        out.put("bytes", report.bytes());
        out.put("seconds", seconds);
        return Json.write(out) + "\n";
    }
}
