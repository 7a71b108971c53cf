package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuTopologyTest {
    @TempDir
    private Path dir;

    @Test
    void twoThreadsOfACoreCountOnce() throws IOException {
        allowed("0-7");
        for (int cpu = 0; cpu < 8; cpu++) {
            siblings(cpu, cpu % 4 + "," + (cpu % 4 + 4));
        }
        assertThat(cores(8)).isEqualTo(4);
    }

    @Test
    void affinityLeavesOutCores() throws IOException {
        allowed("1,4-5");
        siblings(1, "0-1");
        siblings(4, "4-5");
        siblings(5, "4-5");
        assertThat(cores(3)).isEqualTo(2);
    }

    @Test
    void theQuotaIsNeverExceeded() throws IOException {
        allowed("0-1");
        siblings(0, "0");
        siblings(1, "1");
        assertThat(cores(1)).isEqualTo(1);
    }

    @Test
    void unreadableOrStrangeFilesFallBackToTheProcessors() throws IOException {
        assertThat(cores(5)).isEqualTo(5);
        allowed("0-1");
        assertThat(cores(5)).isEqualTo(5);
        siblings(0, "zero");
        assertThat(cores(5)).isEqualTo(5);
        allowed("7-3");
        assertThat(cores(5)).isEqualTo(5);
    }

    private int cores(int available) {
        return new CpuTopology(dir.resolve("status"), dir, available).allowedCores();
    }

    private void allowed(String list) throws IOException {
        Files.writeString(dir.resolve("status"), "Name:\tjava\nCpus_allowed_list:\t" + list + "\n");
    }

    private void siblings(int cpu, String list) throws IOException {
        Path file = dir.resolve("cpu" + cpu + "/topology/thread_siblings_list");
        Files.createDirectories(file.getParent());
        Files.writeString(file, list + "\n");
    }
}
