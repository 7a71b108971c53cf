package dev.sluice.kernels.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.NativeTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NativeLibraryTest {
    /** What the system says of the processor and what the build made decide, not what the library says of itself. */
    @ParameterizedTest
    @EnumSource
    void aTierRunsExactlyWhereTheLibraryAndTheInstructionsAre(NativeTier tier) throws IOException {
        boolean built = Files.isRegularFile(
                Path.of(System.getProperty("sluice.root"), "kernels", "target", "native", NativeLibrary.FILE));
        Optional<String> refusal = Kernels.refusal(tier);
        assertThat(refusal.isEmpty()).isEqualTo(built && hasInstructions(tier));
        if (!built) {
            assertThat(refusal.orElseThrow()).containsAnyOf(NativeLibrary.FILE, "Linux");
        } else if (!hasInstructions(tier)) {
            assertThat(refusal.orElseThrow()).contains("lacks AVX");
        }
    }

    private static boolean hasInstructions(NativeTier tier) throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return false;
        }
        String flags = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .orElse("");
        List<String> own = tier == NativeTier.BF16 ? List.of("avx512_bf16", "avx512vbmi") : List.of("avx512_vnni");
        List<String> all = List.of(flags.split("\\s+", -1));
        return all.containsAll(List.of("avx512f", "avx512bw", "avx512vl", "avx512dq")) && all.containsAll(own);
    }

    @Test
    void aRefusalNamesWhatIsMissing() {
        assertThat(NativeLibrary.lacking(NativeTier.BF16, 8)).isEmpty();
        assertThat(NativeLibrary.lacking(NativeTier.INT8, 6)).isEmpty();
        assertThat(NativeLibrary.lacking(NativeTier.BF16, 10).orElseThrow()).endsWith("lacks AVX512_BF16");
        assertThat(NativeLibrary.lacking(NativeTier.BF16, 6).orElseThrow())
                .startsWith("needs a processor with AVX-512 (F, BW, VL, DQ) and AVX512_BF16 and AVX512_VBMI;")
                .endsWith("lacks AVX512_BF16 and AVX512_VBMI");
        assertThat(NativeLibrary.lacking(NativeTier.INT8, 15).orElseThrow())
                .endsWith("lacks AVX-512 (F, BW, VL, DQ) and AVX512_VNNI");
        assertThat(NativeLibrary.absent(List.of(Path.of("/a/x.so"), Path.of("/b/x.so"))))
                .contains("neither /a/x.so nor /b/x.so")
                .contains("C compiler");
    }

    @Test
    void aFileThatIsNoLibraryIsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve(NativeLibrary.FILE));
        assertThat(NativeLibrary.refusal(file)).startsWith("needs " + file).contains("cannot be used");
    }
}
