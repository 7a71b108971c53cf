package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.SequenceState;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.testing.Fixtures;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Models come and go in one JVM. */
class LifecycleTest {
    private static final long ALLOWED_GROWTH = 48L << 20;

    private final Path folder = Fixtures.golden("qwen3-next-mtp").model();
    private final int[] ids = {5, 17, 3, 42, 8};

    @Test
    void openingAndClosingLeavesNothingBehind() {
        assertNoGrowth(50);
    }

    @Test
    @Tag("full")
    void openingAndClosingAThousandTimesLeavesNothingBehind() {
        assertNoGrowth(1000);
    }

    /** One cycle holds about 4 MiB of native memory, so a forgotten arena shows within a few dozen cycles. */
    private void assertNoGrowth(int cycles) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        for (int i = 0; i < 20; i++) {
            cycle();
        }
        int threads = Thread.activeCount();
        long before = system.getCommittedVirtualMemorySize();
        for (int i = 0; i < cycles; i++) {
            cycle();
        }
        assertThat(system.getCommittedVirtualMemorySize() - before)
                .as("growth of the process in %s cycles", cycles)
                .isLessThan(ALLOWED_GROWTH);
        assertThat(Thread.activeCount()).isEqualTo(threads);
    }

    /** Opens a model, leaves sequences and a draft step open, and closes the executor over them. */
    private void cycle() {
        try (TestModel model = new TestModel(folder, Kernels.plain(), 2, Dtype.BF16, 64)) {
            SequenceState sequence = model.executor.newSequence();
            sequence.reserve(1000);
            var result = model.run(sequence, ids, 0, 3, Want.ALL);
            model.executor.draftHead().forward(sequence, result.hidden(0, 0), 0, ids, 1, 3, Want.LAST);
            SequenceState copy = sequence.fork();
            model.executor.forward(new Batch().addDraft(copy, ids, 0, 5));
        }
    }

    @Test
    void twoModelsSideBySide() {
        Path other = Fixtures.golden("qwen3-next-r1-odd").model();
        float[] alone;
        try (TestModel model = new TestModel(folder, Kernels.plain(), 1, Dtype.BF16, 8)) {
            alone = model.logitsOf(model.run(model.executor.newSequence(), ids, 0, 5, Want.LAST), 0, 4);
        }
        try (TestModel model = new TestModel(folder, Kernels.plain(), 1, Dtype.BF16, 8)) {
            SequenceState sequence = model.executor.newSequence();
            model.run(sequence, ids, 0, 2, Want.LAST);
            try (TestModel second = new TestModel(other, Kernels.plain(), 1, Dtype.F32, 8)) {
                second.run(second.executor.newSequence(), ids, 0, 5, Want.LAST);
                model.run(sequence, ids, 2, 3, Want.LAST);
            }
            assertThat(model.logitsOf(model.run(sequence, ids, 3, 5, Want.LAST), 0, 1))
                    .containsExactly(alone);
        }
    }
}
