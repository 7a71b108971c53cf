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
    void theMakerIsThatOfTheFirstProcessor() throws IOException {
        assertThat(Processor.amd(cpuinfo("vendor_id\t: AuthenticAMD\nflags\t: fpu\n\nvendor_id\t: GenuineIntel\n")))
                .isTrue();
        assertThat(Processor.amd(cpuinfo("vendor_id\t: GenuineIntel\n"))).isFalse();
    }

    @Test
    void nothingIsKnownWhereNothingIsSaid() throws IOException {
        assertThat(Processor.amd(cpuinfo(""))).isFalse();
        assertThat(Processor.amd(folder.resolve("absent"))).isFalse();
    }

    private Path cpuinfo(String text) throws IOException {
        return Files.writeString(folder.resolve("cpuinfo"), text);
    }
}
