package dev.sluice.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.tools.bench.ProcessFigures.Resident;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ResidentTest {
    @Test
    void theJvmsShareIsWhatItHeldBeforeAndWhatItsPoolsGrewBy() {
        Resident before = new Resident(100, 60, 40, 30);
        assertThat(new Resident(1500, 90, 1410, 52).jvm(before)).isEqualTo(122);
        assertThat(new Resident(1500, 90, 1410, 30).jvm(before)).isEqualTo(100);
    }

    @Test
    void theKernelsFiguresAddUp() {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")));
        Resident now = Resident.now();
        assertThat(now.all()).isPositive().isEqualTo(now.anonymous() + now.files());
        assertThat(now.heap()).isPositive().isLessThan(4L << 30);
    }
}
