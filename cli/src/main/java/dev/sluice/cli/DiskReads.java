package dev.sluice.cli;

import dev.sluice.tools.bench.PageCounts;
import java.util.Locale;

/** What this process has read from disks since this was made: pages of mapped weights are most of it. Linux only. */
final class DiskReads {
    /** Below it there is nothing that anybody waits for. */
    private static final long LEAST = 64 << 20;

    private final long before = PageCounts.now().diskBytes();
    private final long start = System.nanoTime();

    /** {@code 3.20 GiB read, 1.10 GiB/s}; empty while it is little. */
    String text() {
        return text(PageCounts.now().diskBytes() - before, (System.nanoTime() - start) / 1e9);
    }

    static String text(long bytes, double seconds) {
        return bytes < LEAST
                ? ""
                : String.format(
                        Locale.ROOT, "%s read, %s/s", Sizes.bytes(bytes), Sizes.bytes((long) (bytes / seconds)));
    }
}
