package dev.sluice.cli;

import java.util.Locale;

/** How far something is, in one line: a bar where there is room, counts, rate and the time left. */
final class ProgressBar {
    private static final int BAR = 20;
    private static final int ROOM_FOR_BAR = 70;

    private final String what;
    private final String unit;
    private final long start = System.nanoTime();

    /** Begins to measure; {@code unit} is that of the rate. */
    ProgressBar(String what, String unit) {
        this.what = what;
        this.unit = unit;
    }

    /**
     * For instance {@code prefill 4,096/18,231 · 211 t/s · eta 67 s}.
     *
     * @param before what needed no work; it counts for the bar and not for the rate
     */
    String text(long before, long done, long total, int columns) {
        return text(before, done, total, columns, (System.nanoTime() - start) / 1e9);
    }

    String text(long before, long done, long total, int columns, double seconds) {
        StringBuilder line = new StringBuilder(what).append(' ');
        if (columns >= ROOM_FOR_BAR && total > 0) {
            int filled = (int) (BAR * done / total);
            line.append('[')
                    .append("#".repeat(filled))
                    .append(".".repeat(BAR - filled))
                    .append("] ");
        }
        line.append(String.format(Locale.ROOT, "%,d/%,d", done, total));
        double rate = (done - before) / seconds;
        if (rate > 0) {
            line.append(String.format(Locale.ROOT, " · %.0f %s · eta %.0f s", rate, unit, (total - done) / rate));
        }
        return line.toString();
    }
}
