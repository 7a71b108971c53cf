package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorTest {
    @TempDir
    private Path folder;

    @Test
    void makerAndFlagsAreThoseOfTheFirstProcessor() throws IOException {
        Path cpuinfo = Files.writeString(folder.resolve("cpuinfo"), """
                processor\t: 0
                vendor_id\t: AuthenticAMD
                flags\t\t: fpu avx512f avx512vbmi avx512_vnni

                processor\t: 1
                vendor_id\t: GenuineIntel
                flags\t\t: fpu avx512_bf16
                """);
        assertThat(Processor.amd(cpuinfo)).isTrue();
        assertThat(Processor.has(cpuinfo, "avx512vbmi")).isTrue();
        assertThat(Processor.has(cpuinfo, "avx512v")).isFalse();
        assertThat(Processor.has(cpuinfo, "avx512_bf16")).isFalse();
    }

    @Test
    void nothingIsKnownWhereNothingIsSaid() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        assertThat(Processor.amd(empty)).isFalse();
        assertThat(Processor.has(empty, "fpu")).isFalse();
        assertThat(Processor.amd(folder.resolve("absent"))).isFalse();
        assertThat(Processor.has(folder.resolve("absent"), "fpu")).isFalse();
    }
}
