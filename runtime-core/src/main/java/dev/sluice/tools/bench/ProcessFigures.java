package dev.sluice.tools.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;

/** What the JVM and the kernel say about this process; -1 where they do not. */
final class ProcessFigures {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CPU = Path.of("/proc/cpuinfo");

    private static final String COMMANDS = "com.sun.management:type=DiagnosticCommand";
    private static final String TRIM = "systemTrimNativeHeap";

    /** Readings without a compilation that ended, and readings in all. */
    private static final int AT_REST = 6;

    private static final int READINGS = 75;
    private static final long APART_NANOS = 40_000_000;

    private ProcessFigures() {}

    /** Bytes resident: {@code all}, of it anonymous and of files (shared memory counts as a file). */
    record Resident(long all, long anonymous, long files) {
        static Resident now() {
            return new Resident(status("VmRSS:"), status("RssAnon:"), sum(status("RssFile:"), status("RssShmem:")));
        }

        /**
         * The least of the readings after {@link #trim} until compilers rest, three seconds at most: one that is at work
         * holds up to 30 MB, which would be taken for the model's.
         */
        static Resident settled() {
            trim();
            Resident least = now();
            long compiled = compilationMillis();
            int quiet = 0;
            for (int i = 0; i < READINGS && quiet < AT_REST; i++) {
                LockSupport.parkNanos(APART_NANOS);
                trim();
                Resident next = now();
                least = next.anonymous < least.anonymous ? next : least;
                long before = compiled;
                compiled = compilationMillis();
                quiet = compiled == before ? quiet + 1 : 0;
            }
            return least;
        }

        /** Whether the system says it. */
        boolean known() {
            return all >= 0 && anonymous >= 0 && files >= 0;
        }

        Resident minus(Resident other) {
            return new Resident(all - other.all, anonymous - other.anonymous, files - other.files);
        }

        private static long sum(long a, long b) {
            return a < 0 || b < 0 ? -1 : a + b;
        }
    }

    /** Has the C library give back what it keeps of freed memory, most of it the compilers'; a JVM that cannot does nothing. */
    private static void trim() {
        try {
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(new ObjectName(COMMANDS), TRIM, new Object[0], new String[0]);
        } catch (JMException e) {
            System.getLogger(ProcessFigures.class.getName()).log(System.Logger.Level.DEBUG, TRIM, e);
        }
    }

    private static long compilationMillis() {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        return compilers == null || !compilers.isCompilationTimeMonitoringSupported()
                ? 0
                : compilers.getTotalCompilationTime();
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
