package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What this process has read from disks since this was made: pages of mapped weights are most of it. Linux only. */
final class DiskReads {
    private static final Path IO = Path.of("/proc/self/io");

    /** Below it there is nothing that anybody waits for. */
    private static final long LEAST = 64 << 20;

    private final long before = total();
    private final long start = System.nanoTime();

    /** {@code 3.20 GiB read, 1.10 GiB/s}; empty while it is little. */
    String text() {
        return text(total() - before, (System.nanoTime() - start) / 1e9);
    }

    static String text(long bytes, double seconds) {
        return bytes < LEAST
                ? ""
                : String.format(
                        Locale.ROOT, "%s read, %s/s", Sizes.bytes(bytes), Sizes.bytes((long) (bytes / seconds)));
    }

    private static long total() {
        try {
            for (String line : Files.readAllLines(IO)) {
                if (line.startsWith("read_bytes: ")) {
                    return Long.parseLong(line.substring(line.indexOf(' ') + 1));
                }
            }
        } catch (IOException | NumberFormatException e) {
            return 0; // another system, or a container that keeps it back
        }
        return 0;
    }
}
