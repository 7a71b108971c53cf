package dev.sluice.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** Which of the standard streams a person sits at: {@link System#console} tells about all of them together only. */
final class Terminals {
    private Terminals() {}

    static boolean isTerminal(int descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("isatty")
                .map(isatty -> call(linker, isatty, descriptor))
                .orElse(false);
    }

    private static boolean call(Linker linker, MemorySegment isatty, int descriptor) {
        var handle = linker.downcallHandle(isatty, FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try {
            return (int) handle.invokeExact(descriptor) == 1;
        } catch (Throwable e) {
            throw new IllegalStateException("isatty could not be called", e);
        }
    }
}
