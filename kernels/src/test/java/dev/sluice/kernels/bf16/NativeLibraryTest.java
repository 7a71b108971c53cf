package dev.sluice.kernels.bf16;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
    /** What the system says of the processor and what the build made decide, not what the library says of itself. */
    @Test
    void theTierRunsExactlyWhereTheLibraryAndTheInstructionsAre() throws IOException {
        boolean built = Files.isRegularFile(
                Path.of(System.getProperty("sluice.root"), "kernels", "target", "native", NativeLibrary.FILE));
        assertThat(Kernels.bf16Refusal().isEmpty()).isEqualTo(built && hasInstructions());
        if (!built) {
            assertThat(Kernels.bf16Refusal().orElseThrow()).containsAnyOf(NativeLibrary.FILE, "Linux");
        } else if (!hasInstructions()) {
            assertThat(Kernels.bf16Refusal().orElseThrow()).contains("lacks AVX");
        }
    }

    private static boolean hasInstructions() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return false;
        }
        String flags = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("flags"))
                .findFirst()
                .orElse("");
        return List.of(flags.split("\\s+", -1))
                .containsAll(List.of("avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_bf16", "avx512vbmi"));
    }

    @Test
    void aRefusalNamesWhatIsMissing() {
        assertThat(NativeLibrary.lacking(2)).endsWith("lacks AVX512_BF16");
        assertThat(NativeLibrary.lacking(6)).endsWith("lacks AVX512_BF16 and AVX512_VBMI");
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
