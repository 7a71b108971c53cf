package dev.sluice.tools.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the JVM and the kernel say about this process; -1 where they do not. */
final class ProcessFigures {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CPU = Path.of("/proc/cpuinfo");

    private ProcessFigures() {}

    /**
     * Bytes resident: {@code all}, of it anonymous and of files (shared memory counts as a file).
     *
     * @param heap what the JVM's own pools have held at most, each by itself: heap, classes and code that was written to
     *     once stays resident, and what is merely committed never was
     */
    record Resident(long all, long anonymous, long files, long heap) {
        static Resident now() {
            return new Resident(
                    status("VmRSS:"), status("RssAnon:"), sum(status("RssFile:"), status("RssShmem:")), pools());
        }

        /** The JVM's own share, when {@code before} was taken with no model loaded: all of that, and what its pools grew by. */
        long jvm(Resident before) {
            return before.all + Math.max(0, heap - before.heap);
        }

        private static long pools() {
            return ManagementFactory.getMemoryPoolMXBeans().stream()
                    .mapToLong(pool -> pool.getPeakUsage().getUsed())
                    .sum();
        }

        private static long sum(long a, long b) {
            return a < 0 || b < 0 ? -1 : a + b;
        }
    }

    private static long status(String name) {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(name)) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
            return -1;
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }

    /** Bytes that all threads, ended ones too, have taken from the heap. Asking takes some itself, always the same. */
    static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads
                ? threads.getTotalThreadAllocatedBytes()
                : -1;
    }

    static List<String> jvmFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    static String jvm() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
    }

    static String processor() {
        try {
            for (String line : Files.readAllLines(CPU)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
        return System.getProperty("os.arch");
    }
}
