package dev.sluice.kernels.bf16;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The C library: beside the jar of this class (a distribution), or in {@code target/native} (a build). Looked for,
 * opened and asked what the processor lacks when somebody first wants it.
 */
public final class NativeLibrary {
    static final String FILE = "libsluice-kernels.so";

    /** Why there are no native kernels, or the kernels. */
    private record Found(@Nullable String refusal, @Nullable SymbolLookup symbols) {}

    /** Static and final, so that a call through a handle of it compiles to a plain call. */
    private static final class Holder {
        private static final Found FOUND = find();
    }

    private NativeLibrary() {}

    /** Why the kernels cannot run here, what was found, and what to do; empty when they can. */
    public static Optional<String> refusal() {
        return Optional.ofNullable(Holder.FOUND.refusal());
    }

    /**
     * A function that takes {@code parameters} 64-bit numbers.
     *
     * @throws IllegalStateException with the reason of {@link #refusal}
     */
    public static MethodHandle function(String name, @Nullable MemoryLayout result, int parameters) {
        SymbolLookup symbols = Holder.FOUND.symbols();
        if (symbols == null) {
            throw new IllegalStateException(Holder.FOUND.refusal());
        }
        return function(symbols, name, result, parameters);
    }

    private static MethodHandle function(
            SymbolLookup symbols, String name, @Nullable MemoryLayout result, int parameters) {
        MemoryLayout[] longs = new MemoryLayout[parameters];
        Arrays.fill(longs, ValueLayout.JAVA_LONG);
        FunctionDescriptor type =
                result == null ? FunctionDescriptor.ofVoid(longs) : FunctionDescriptor.of(result, longs);
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
    }

    private static Found find() {
        String system = System.getProperty("os.name", "") + " on " + System.getProperty("os.arch", "");
        if (!system.equals("Linux on amd64")) {
            return new Found("needs Linux on an x86-64 processor with AVX512_BF16, and this is " + system, null);
        }
        List<Path> places = places();
        Path file = places.stream().filter(Files::isRegularFile).findFirst().orElse(null);
        return file == null ? new Found(absent(places), null) : open(file);
    }

    /** Opens the library and asks it before anything else what the processor has. */
    static String refusal(Path file) {
        String refusal = open(file).refusal();
        return refusal == null ? "" : refusal;
    }

    private static Found open(Path file) {
        try {
            // the library stays for the life of the process: compiled code calls straight into it
            SymbolLookup symbols = SymbolLookup.libraryLookup(file, Arena.global());
            long lacks = (long) function(symbols, "sluice_bf16_lacks", ValueLayout.JAVA_LONG, 0)
                    .invokeExact();
            return lacks == 0 ? new Found(null, symbols) : new Found(lacking(lacks), null);
        } catch (RuntimeException e) {
            return new Found("needs " + file + ", which cannot be used: " + e.getMessage(), null);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param lacks bits as {@code cpu.c} returns them */
    static String lacking(long lacks) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < 3; bit++) {
            if ((lacks >> bit & 1) != 0) {
                names.add(List.of("AVX-512 (F, BW, VL, DQ)", "AVX512_BF16", "AVX512_VBMI")
                        .get(bit));
            }
        }
        return "needs a processor with AVX512_BF16 and AVX512_VBMI; this one, or the system on it, lacks "
                + String.join(" and ", names);
    }

    static String absent(List<Path> places) {
        return "needs " + FILE + ", which is neither "
                + String.join(" nor ", places.stream().map(Path::toString).toList())
                + "; the build makes it where a C compiler (gcc 10, clang 12 or later) is on the PATH as cc";
    }

    private static List<Path> places() {
        CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return List.of(Path.of(FILE));
        }
        try {
            Path folder = Path.of(source.getLocation().toURI()).resolveSibling(FILE);
            return List.of(folder, folder.resolveSibling("native").resolve(FILE));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
