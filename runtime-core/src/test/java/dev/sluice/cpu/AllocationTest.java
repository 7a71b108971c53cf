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
    private static final int TOKENS = 1000;

    /** The JIT needs a few thousand tokens of its own time until no vector is an object any more. */
    private static final long PATIENCE_NANOS = 180_000_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aThousandTokensAllocateNothing() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-r1-odd");
        try (TestModel model = new TestModel(golden.model(), Kernels.vector(), 2, Dtype.BF16, 64)) {
            SequenceState sequence = model.executor.newSequence();
            sequence.reserve(TOKENS);
            Batch batch = new Batch();
            int[] ids = golden.expected().ints("input_ids");
            long[] team = team();
            long start = System.nanoTime();
            long bytes;
            do {
                sequence.reset();
                long byTeam = allocatedBy(team);
                long byCaller = threads.getCurrentThreadAllocatedBytes();
                decode(model, batch, sequence, ids);
                bytes = threads.getCurrentThreadAllocatedBytes() - byCaller;
                bytes += allocatedBy(team) - byTeam;
            } while (bytes > 0 && System.nanoTime() - start < PATIENCE_NANOS);

            assertThat(sequence.position()).isEqualTo(TOKENS);
            assertThat(bytes).as("bytes allocated in %s tokens", TOKENS).isZero();
        }
    }

    private static void decode(TestModel model, Batch batch, SequenceState sequence, int[] ids) {
        for (int i = 0; i < TOKENS; i++) {
            batch.clear();
            batch.add(sequence, ids, i % ids.length, 1, Want.LAST);
            model.executor.forward(batch).argmax(0, 0);
        }
    }

    private static long[] team() {
        long[] team = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sluice-team"))
                .mapToLong(Thread::threadId)
                .toArray();
        assertThat(team).isNotEmpty();
        return team;
    }

    private long allocatedBy(long[] team) {
        return Arrays.stream(threads.getThreadAllocatedBytes(team)).sum();
    }
}
