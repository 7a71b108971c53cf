package dev.sluice.kernels.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.vector.MatrixSamples;
import dev.sluice.kernels.vector.VectorMatMul;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MappedFaultsTest {
    @Test
    @Timeout(180)
    void theProcessSurvivesAFileThatIsCutUnderAnyKernel(@TempDir Path folder) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:ErrorFile=" + folder.resolve("crash.log"),
                "-XX:CompileCommand=quiet"));
        command.addAll(apart());
        command.addAll(List.of(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MappedFaults.class.getName(),
                folder.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor()).as("after " + lines).isZero();
        assertThat(lines)
                .hasSize(2 * 4 * MatrixSamples.FORMS.size())
                .allSatisfy(line -> assertThat(line).endsWith(": InternalError"));
    }

    /** Every kernel is compiled apart: inlined into another it would borrow the scalar reads of that one. */
    private static List<String> apart() throws IOException, URISyntaxException {
        Path classes = Path.of(VectorMatMul.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.list(classes.resolve("dev/sluice/kernels/vector"))) {
            return files.map(file -> file.getFileName().toString().replace(".class", ""))
                    .filter(name -> !name.equals("Lanes") && !name.contains("$") && !name.contains("-"))
                    .sorted()
                    .map(name -> "-XX:CompileCommand=dontinline,dev.sluice.kernels.vector." + name + "::*")
                    .toList();
        }
    }
}
