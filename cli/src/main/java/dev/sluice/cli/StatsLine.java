package dev.sluice.cli;

import dev.sluice.FinishReason;
import dev.sluice.Reply;
import dev.sluice.Stats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The one line about an answer, and the same as JSON with the names of llama.cpp's timings. */
final class StatsLine {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double GIB = 1 << 30;

    private StatsLine() {}

    /** For people: {@code prompt 512 tok (448 cached) 231.4 t/s · 812 tok 18.3 t/s · ttft 0.9 s · peak 7.8 GiB · stop}. */
    static String line(Reply reply, OptionalLong peakBytes) {
        Stats stats = reply.stats();
        StringBuilder line = new StringBuilder();
        line.append("prompt ").append(stats.cacheN() + stats.promptN()).append(" tok ");
        if (stats.cacheN() > 0) {
            line.append('(').append(stats.cacheN()).append(" cached) ");
        }
        line.append(one(stats.promptPerSecond())).append(" t/s · ");
        line.append(stats.predictedN()).append(" tok ");
        line.append(one(stats.predictedPerSecond())).append(" t/s · ttft ");
        line.append(one(stats.ttftMs() / 1000)).append(" s · ");
        peakBytes.ifPresent(
                bytes -> line.append("peak ").append(one(bytes / GIB)).append(" GiB · "));
        return line.append(reason(reply.finishReason())).toString();
    }

    /** For programs, one line. */
    static String json(Reply reply, OptionalLong peakBytes, @Nullable Long seed) {
        Stats stats = reply.stats();
        StringBuilder json = new StringBuilder("{");
        json.append("\"cache_n\":").append(stats.cacheN());
        json.append(",\"prompt_n\":").append(stats.promptN());
        json.append(",\"prompt_ms\":").append(three(stats.promptMs()));
        json.append(",\"prompt_per_second\":").append(three(stats.promptPerSecond()));
        json.append(",\"predicted_n\":").append(stats.predictedN());
        json.append(",\"predicted_ms\":").append(three(stats.predictedMs()));
        json.append(",\"predicted_per_second\":").append(three(stats.predictedPerSecond()));
        json.append(",\"ttft_ms\":").append(three(stats.ttftMs()));
        peakBytes.ifPresent(bytes -> json.append(",\"peak_bytes\":").append(bytes));
        if (seed != null) {
            json.append(",\"seed\":").append(seed);
        }
        return json.append(",\"finish_reason\":\"")
                .append(reason(reply.finishReason()))
                .append("\"}")
                .toString();
    }

    private static String reason(FinishReason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    /** Most memory the process ever held, mapped weights included; Linux only. */
    static OptionalLong peakBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmHWM:")) {
                    return OptionalLong.of(Long.parseLong(line.replaceAll("\\D", "")) * 1024);
                }
            }
            return OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static String one(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String three(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
