package dev.sluice.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * What the launcher script starts: gives the process its standard error back, then runs {@link Main}.
 *
 * <p>The JVM writes "Using incubator modules" to file descriptor 2 before any Java code runs, and has no switch for it.
 * The script therefore starts it with descriptor 2 in a filter and the real standard error on the descriptor named by
 * the property {@code sluice.stderr}. From here on descriptor 2 is the user's again, for Java, for native code and for
 * the JVM's own last words; the filter sees its end of file and leaves. Costs about 70 ms, nearly all of it the first
 * use of the foreign linker.
 */
public final class Launch {
    private static final int STANDARD_ERROR = 2;

    private Launch() {}

    public static void main(String[] args) {
        Integer kept = Integer.getInteger("sluice.stderr");
        if (kept != null) {
            restoreStandardError(kept);
        }
        Main.main(args);
    }

    /** Without {@code dup2} standard error stays in the filter, which passes on every other line. */
    private static void restoreStandardError(int kept) {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("dup2").ifPresent(dup2 -> call(linker, dup2, kept));
    }

    private static void call(Linker linker, MemorySegment dup2, int kept) {
        var handle = linker.downcallHandle(dup2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            int _ = (int) handle.invokeExact(kept, STANDARD_ERROR);
        } catch (Throwable e) {
            throw new IllegalStateException("dup2 could not be called", e);
        }
    }
}
