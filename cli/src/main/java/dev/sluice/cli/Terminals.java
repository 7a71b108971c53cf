package dev.sluice.cli;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.OptionalInt;

/** Which of the standard streams a person sits at: {@link System#console} tells about all of them together only. */
final class Terminals {
    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    /** What asks for {@code struct winsize}: rows, columns, and their pixels, 16 bits each. */
    private static final long WINDOW_SIZE_LINUX = 0x5413;

    private static final long WINDOW_SIZE_MAC = 0x40087468;

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

    /** Characters in a line of the terminal behind a descriptor; empty when it is none, or does not say. */
    static OptionalInt columns(int descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find("ioctl")
                .map(ioctl -> columns(linker, ioctl, descriptor))
                .orElse(OptionalInt.empty());
    }

    private static OptionalInt columns(Linker linker, MemorySegment ioctl, int descriptor) {
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
        var handle = linker.downcallHandle(
                ioctl,
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, POINTER),
                Linker.Option.firstVariadicArg(2));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_SHORT, 4);
            int result = (int) handle.invokeExact(descriptor, mac ? WINDOW_SIZE_MAC : WINDOW_SIZE_LINUX, size);
            int columns = Short.toUnsignedInt(size.getAtIndex(JAVA_SHORT, 1));
            return result == 0 && columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("ioctl could not be called", e);
        }
    }
}
