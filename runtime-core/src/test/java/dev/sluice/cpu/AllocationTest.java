package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.SequenceState;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.testing.Fixtures;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Decoding takes nothing from the heap: no garbage collection can interrupt a stream of tokens. */
class AllocationTest {
    private static final int WARM_UP = 1000;
    private static final int TOKENS = 1000;

    @Test
    void aThousandTokensAllocateNothing() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-r1-odd");
        try (TestModel model = new TestModel(golden.model(), Kernels.vector(), 2, Dtype.BF16, 64)) {
            SequenceState sequence = model.executor.newSequence();
            sequence.reserve(WARM_UP + TOKENS);
            Batch batch = new Batch();
            int[] ids = golden.expected().ints("input_ids");
            decode(model, batch, sequence, ids, WARM_UP);

            long before = allocatedByTeamAndCaller();
            decode(model, batch, sequence, ids, TOKENS);
            long bytes = allocatedByTeamAndCaller() - before;

            assertThat(sequence.position()).isEqualTo(WARM_UP + TOKENS);
            assertThat(bytes).as("bytes allocated in %s tokens", TOKENS).isZero();
        }
    }

    private static void decode(TestModel model, Batch batch, SequenceState sequence, int[] ids, int tokens) {
        for (int i = 0; i < tokens; i++) {
            batch.clear();
            batch.add(sequence, ids, i % ids.length, 1, Want.LAST);
            model.executor.forward(batch).argmax(0, 0);
        }
    }

    private static long allocatedByTeamAndCaller() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long own = threads.getCurrentThreadAllocatedBytes();
        long[] team = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sluice-team"))
                .mapToLong(Thread::threadId)
                .toArray();
        assertThat(team).isNotEmpty();
        return own + Arrays.stream(threads.getThreadAllocatedBytes(team)).sum();
    }
}
