package dev.sluice.kernels.start;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What tells vector code that C2 has compiled from all other: it allocates nothing, while the interpreter and C1 make an
 * object of every vector.
 */
final class Allocated {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocated() {}

    /** Bytes that the calling thread has ever allocated; always 0 in a JVM that does not count them. */
    static long bytes() {
        return THREADS.isThreadAllocatedMemorySupported() ? THREADS.getCurrentThreadAllocatedBytes() : 0;
    }
}
