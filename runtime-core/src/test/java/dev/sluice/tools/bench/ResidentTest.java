package dev.sluice.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.tools.bench.ProcessFigures.Resident;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ResidentTest {
    private static MemoryFigures.Open open(Resident all, Resident trimmed) {
        return new MemoryFigures.Open(1000, 200, 30, 0, all, trimmed, 0);
    }

    @Test
    void theModelsShareIsWhatClosingItGivesBackAndTheRestIsTheJvms() {
        assertThat(open(new Resident(1500, 450, 1050), new Resident(1440, 390, 1050))
                        .fields(new Resident(200, 160, 40)))
                .containsEntry("predicted", 1230L)
                .containsEntry("measured", 1240L)
                .containsEntry("measured_anonymous", 230L)
                .containsEntry("measured_files", 1010L)
                .containsEntry("jvm", 260L)
                .containsEntry("measured_rss", 1500L);
    }

    @Test
    void whatTheSystemDoesNotSayIsNotMadeUp() {
        Resident unknown = new Resident(-1, -1, -1);
        assertThat(open(unknown, unknown).fields(unknown))
                .containsEntry("predicted", 1230L)
                .containsEntry("measured", null)
                .containsEntry("jvm", null)
                .containsEntry("measured_rss", null);
    }

    @Test
    void theKernelsFiguresAddUp() {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")));
        Resident now = Resident.now();
        assertThat(now.known()).isTrue();
        assertThat(now.all()).isPositive().isEqualTo(now.anonymous() + now.files());
    }
}
