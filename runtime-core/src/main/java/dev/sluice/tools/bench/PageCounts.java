package dev.sluice.tools.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What memory that is not there costs a process; 0 where the kernel does not say.
 *
 * @param minor page faults that found their page in memory
 * @param major page faults that waited for a disk
 * @param diskBytes bytes that came from a disk, read ahead or not
 */
public record PageCounts(long minor, long major, long diskBytes) {
    static final PageCounts NONE = new PageCounts(0, 0, 0);

    private static final Path STAT = Path.of("/proc/self/stat");
    private static final Path IO = Path.of("/proc/self/io");

    /** Fields of /proc/self/stat after the command's closing parenthesis, from 0. */
    private static final int MINOR = 7;

    private static final int MAJOR = 9;

    /** Since the process started. */
    public static PageCounts now() {
        return of(text(STAT), text(IO));
    }

    static PageCounts of(String stat, String io) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return new PageCounts(
                fields.length > MAJOR ? number(fields[MINOR]) : 0,
                fields.length > MAJOR ? number(fields[MAJOR]) : 0,
                io.lines()
                        .filter(line -> line.startsWith("read_bytes: "))
                        .mapToLong(line -> number(line.substring(line.indexOf(' ') + 1)))
                        .sum());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    PageCounts plus(PageCounts other) {
        return new PageCounts(minor + other.minor, major + other.major, diskBytes + other.diskBytes);
    }

    PageCounts minus(PageCounts other) {
        return new PageCounts(minor - other.minor, major - other.major, diskBytes - other.diskBytes);
    }
}
