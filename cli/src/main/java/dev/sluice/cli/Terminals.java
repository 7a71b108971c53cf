package dev.sluice.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** Which of the standard streams a person sits at: {@link System#console} tells about all of them together only. */
final class Terminals {
    private static final long LINUX_SIZE_REQUEST = 0x5413;
    private static final long MAC_SIZE_REQUEST = 0x40087468;

    private Terminals() {}

    static boolean isTerminal(int descriptor) {
        return !isFileOrPipe(descriptor) && isatty(descriptor);
    }

    /** What Linux says about a descriptor without the foreign linker, whose first use takes 20 ms. */
    private static boolean isFileOrPipe(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.equals("/dev/null") || !target.startsWith("/dev/");
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static boolean isatty(int descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("isatty")
                .map(isatty -> call(linker, isatty, descriptor))
                .orElse(false);
    }

    /** Columns of the terminal at a descriptor; empty when it is none or does not say. */
    static OptionalInt columns(int descriptor) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> ioctl = linker.defaultLookup().find("ioctl");
        String system = System.getProperty("os.name", "");
        long request = system.equals("Linux") ? LINUX_SIZE_REQUEST : MAC_SIZE_REQUEST;
        return ioctl.isEmpty() || system.startsWith("Windows")
                ? OptionalInt.empty()
                : columns(linker, ioctl.get(), descriptor, request);
    }

    private static OptionalInt columns(Linker linker, MemorySegment ioctl, int descriptor, long request) {
        var handle = linker.downcallHandle(
                ioctl,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                Linker.Option.firstVariadicArg(2));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment rowsAndColumns = arena.allocate(4 * Short.BYTES, Short.BYTES);
            int columns = (int) handle.invokeExact(descriptor, request, rowsAndColumns) == 0
                    ? Short.toUnsignedInt(rowsAndColumns.get(JAVA_SHORT, Short.BYTES))
                    : 0;
            return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("ioctl could not be called", e);
        }
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
