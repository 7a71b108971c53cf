package dev.sluice.kernels;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code madvise} and {@code mincore}. Addresses are passed as numbers, so that a call takes nothing from the heap. */
final class LinuxPages implements PageAdvice {
    private static final int MADV_RANDOM = 1;
    private static final int MADV_WILLNEED = 3;

    /**
     * One request reads no more than the device's read-ahead (128 KiB unless somebody changed it) or its largest transfer;
     * the rest of a longer one would be forgotten.
     */
    private static final long PIECE = 128 << 10;

    private final MethodHandle madvise;
    private final MethodHandle mincore;
    private final long page;

    private LinuxPages(MethodHandle madvise, MethodHandle mincore, long page) {
        this.madvise = madvise;
        this.mincore = mincore;
        this.page = page;
    }

    static PageAdvice open() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return NONE;
        }
        try {
            FunctionDescriptor advise = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
            FunctionDescriptor inCore = FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
            return new LinuxPages(function("madvise", advise), function("mincore", inCore), (int)
                    function("getpagesize", FunctionDescriptor.of(JAVA_INT)).invokeExact());
        } catch (Throwable e) { // no such function, or native access is denied: hints can be done without
            return NONE;
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    @Override
    public void willNeed(MemorySegment bytes) {
        long end = bytes.address() + bytes.byteSize();
        for (long from = first(bytes); from < end; from += PIECE) {
            advise(from, Math.min(PIECE, end - from), MADV_WILLNEED);
        }
    }

    @Override
    public void scattered(MemorySegment bytes) {
        long from = first(bytes);
        advise(from, bytes.address() + bytes.byteSize() - from, MADV_RANDOM);
    }

    @Override
    public long pages(MemorySegment bytes) {
        return (bytes.address() + bytes.byteSize() - first(bytes) + page - 1) / page;
    }

    @Override
    public long resident(MemorySegment bytes) {
        long pages = pages(bytes);
        long from = first(bytes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment states = arena.allocate(JAVA_BYTE, pages);
            if ((int) mincore.invokeExact(from, bytes.address() + bytes.byteSize() - from, states.address()) != 0) {
                return 0;
            }
            long resident = 0;
            for (long i = 0; i < pages; i++) {
                resident += states.get(JAVA_BYTE, i) & 1;
            }
            return resident;
        } catch (Throwable e) {
            throw new IllegalStateException("mincore could not be called", e);
        }
    }

    /** Start of the first page. */
    private long first(MemorySegment bytes) {
        return bytes.address() & -page;
    }

    private void advise(long from, long bytes, int advice) {
        try {
            int refused = (int) madvise.invokeExact(from, bytes, advice); // a hint may be refused
        } catch (Throwable e) {
            throw new IllegalStateException("madvise could not be called", e);
        }
    }
}
