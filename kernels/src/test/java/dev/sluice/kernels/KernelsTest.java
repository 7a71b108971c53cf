package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KernelsTest {
    @Test
    void everyNounComesFromTheTierAskedFor() {
        assertThat(packages(Kernels.plain())).containsOnly("dev.sluice.kernels.reference");
        assertThat(packages(Kernels.vector())).containsOnly("dev.sluice.kernels.vector");
    }

    private static Stream<String> packages(Kernels k) {
        return Stream.of(
                        k.matMul(),
                        k.norms(),
                        k.activations(),
                        k.rope(),
                        k.causalConv(),
                        k.deltaRule(),
                        k.attention(),
                        k.router())
                .map(kernel -> kernel.getClass().getPackageName());
    }

    @Test
    void theVectorTierIsTheBestHere() {
        assertThat(Kernels.slowPath()).isEmpty();
        assertThat(Kernels.plain().name()).isEqualTo("plain");
        assertThat(Kernels.vector().name()).matches("vector-(128|256|512)");
        assertThat(Kernels.best().name()).isEqualTo(Kernels.vector().name());
    }

    @Test
    void withoutTheVectorModulePlainKernelsRunAndTheReasonIsTold() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        WithoutVectorModule.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("best: plain")
                .contains("slow path: VECTOR_MODULE_ABSENT")
                .contains("vector: " + SlowPath.VECTOR_MODULE_ABSENT.message())
                .contains("--add-modules jdk.incubator.vector")
                .contains("softplus: 0.6931472");
    }

    /** Runs in a JVM of its own. */
    static final class WithoutVectorModule {
        private WithoutVectorModule() {}

        public static void main(String[] args) {
            System.out.println("best: " + Kernels.best().name());
            System.out.println("slow path: " + Kernels.slowPath().orElseThrow());
            System.out.println("softplus: " + Kernels.best().activations().softplus(0));
            try {
                System.out.println("vector: " + Kernels.vector().name());
            } catch (IllegalStateException e) {
                System.out.println("vector: " + e.getMessage());
            }
        }
    }
}
