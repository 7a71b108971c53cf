package dev.sluice.kernels.foreign;

import dev.sluice.kernels.NativeTier;
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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The C library: beside the jar of this class (a distribution), or in {@code target/native} (a build). Looked for,
 * opened and asked what the processor lacks when somebody first wants it.
 */
public final class NativeLibrary {
    static final String FILE = "libsluice-kernels.so";

    /** What a processor has, in the order of the bits of {@code sluice_lacks}. */
    private static final List<String> FEATURES =
            List.of("AVX-512 (F, BW, VL, DQ)", "AVX512_BF16", "AVX512_VBMI", "AVX512_VNNI");

    /** Why there is no library, or the library and the features that the processor lacks. */
    private record Found(@Nullable String refusal, @Nullable SymbolLookup symbols, long lacks) {}

    /** Static and final, so that a call through a handle of it compiles to a plain call. */
    private static final class Holder {
        private static final Found FOUND = find();
    }

    private NativeLibrary() {}

    /** Why a tier cannot run here, what was found, and what to do; empty when it can. */
    public static Optional<String> refusal(NativeTier tier) {
        Found found = Holder.FOUND;
        return found.refusal() == null ? lacking(tier, found.lacks()) : Optional.of(found.refusal());
    }

    /**
     * A function of a tier that takes {@code parameters} 64-bit numbers.
     *
     * @throws IllegalStateException with the reason of {@link #refusal}
     */
    public static MethodHandle function(NativeTier tier, String name, @Nullable MemoryLayout result, int parameters) {
        refusal(tier).ifPresent(reason -> {
            throw new IllegalStateException(reason);
        });
        return function(name, result, parameters);
    }

    /** A function for tiers that can run. */
    static MethodHandle function(String name, @Nullable MemoryLayout result, int parameters) {
        return function(Objects.requireNonNull(Holder.FOUND.symbols()), name, result, parameters);
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
            return new Found("needs Linux on an x86-64 processor with AVX-512, and this is " + system, null, 0);
        }
        List<Path> places = places();
        Path file = places.stream().filter(Files::isRegularFile).findFirst().orElse(null);
        return file == null ? new Found(absent(places), null, 0) : open(file);
    }

    /** Why a file is no library; empty when it is one. */
    static String refusal(Path file) {
        String refusal = open(file).refusal();
        return refusal == null ? "" : refusal;
    }

    /** Opens the library and asks it before anything else what the processor has. */
    private static Found open(Path file) {
        try {
            // the library stays for the life of the process: compiled code calls straight into it
            SymbolLookup symbols = SymbolLookup.libraryLookup(file, Arena.global());
            long lacks = (long)
                    function(symbols, "sluice_lacks", ValueLayout.JAVA_LONG, 0).invokeExact();
            return new Found(null, symbols, lacks);
        } catch (RuntimeException e) {
            return new Found("needs " + file + ", which cannot be used: " + e.getMessage(), null, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bits of the features without which a tier cannot run. */
    private static long needed(NativeTier tier) {
        return switch (tier) {
            case BF16 -> 0b0111;
            case INT8 -> 0b1001;
        };
    }

    /** @param lacks bits as {@code cpu.c} returns them */
    static Optional<String> lacking(NativeTier tier, long lacks) {
        long missing = needed(tier) & lacks;
        return missing == 0
                ? Optional.empty()
                : Optional.of("needs a processor with " + names(needed(tier))
                        + "; this one, or the system on it, lacks " + names(missing));
    }

    private static String names(long bits) {
        return IntStream.range(0, FEATURES.size())
                .filter(bit -> (bits >> bit & 1) != 0)
                .mapToObj(FEATURES::get)
                .collect(Collectors.joining(" and "));
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
