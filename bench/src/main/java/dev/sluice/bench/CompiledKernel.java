package dev.sluice.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** The process in which one hot kernel runs until C2 has compiled it; prints the bytes a call takes from the heap. */
final class CompiledKernel {
    private static final String ALLOCATED = "bytes a call: ";

    /** C2 is done with the largest kernel after 2 s on an idle machine; boxes may go later, with the callers. */
    private static final long LEAST_NANOS = 4_000_000_000L;

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long ROUND_NANOS = 500_000_000;

    private CompiledKernel() {}

    public static void main(String[] name) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Runnable kernel = HotKernel.named(name[0]).call().get();
        long start = threads.getCurrentThreadCpuTime(); // others may use the machine meanwhile
        long bytes;
        long calls;
        long now = 0;
        do {
            calls = 0;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (long round = now; now - round < ROUND_NANOS; now = threads.getCurrentThreadCpuTime() - start) {
                kernel.run();
                calls++;
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        } while (now < LEAST_NANOS || (bytes > 0 && now < PATIENCE_NANOS));
        System.out.println("\n" + ALLOCATED + bytes / calls);
    }

    /** The figure in what {@link #main} printed. */
    static String allocated(String text) {
        int at = text.lastIndexOf(ALLOCATED);
        return at < 0
                ? "?"
                : text.substring(at + ALLOCATED.length()).lines().findFirst().orElse("?");
    }
}
