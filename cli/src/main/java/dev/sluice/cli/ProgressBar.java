package dev.sluice.cli;

import java.util.Locale;

/** How far something is, in one line: counts, rate and the time left, and a bar where there is room. */
final class ProgressBar {
    private static final int BAR = 20;

    private final String what;
    private final String unit;
    private final long start = System.nanoTime();

    /** Begins to measure; {@code unit} is that of the rate. */
    ProgressBar(String what, String unit) {
        this.what = what;
        this.unit = unit;
    }

    /** As {@link #text(long, double, long, String, int, double)}, now. */
    String text(long before, double work, long total, String more, int columns) {
        return text(before, work, total, more, columns, (System.nanoTime() - start) / 1e9);
    }

    /**
     * For instance {@code prefill 4,096/18,231 · 211 t/s · eta 67 s}.
     *
     * @param before what needed no work; it counts for the bar and not for the rate
     * @param work what is done, parts of one included
     * @param more follows where it is not empty
     */
    String text(long before, double work, long total, String more, int columns, double seconds) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%,d/%,d", (long) work, total));
        double rate = (work - before) / seconds;
        if (rate > 0) {
            line.append(String.format(
                    Locale.ROOT,
                    " · %." + (rate < 0.1 ? 2 : rate < 10 ? 1 : 0) + "f %s · eta %.0f s",
                    rate,
                    unit,
                    (total - work) / rate));
        }
        if (!more.isEmpty()) {
            line.append(" · ").append(more);
        }
        boolean room = total > 0 && what.length() + BAR + 4 + line.length() < columns;
        return what + " " + (room ? bar(work / total) : "") + line;
    }

    private static String bar(double share) {
        int filled = (int) (BAR * share);
        return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] ";
    }
}
