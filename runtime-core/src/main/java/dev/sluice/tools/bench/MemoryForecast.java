package dev.sluice.tools.bench;

import dev.sluice.cpu.CpuMemory;
import dev.sluice.kernels.KvPages;
import java.util.Comparator;
import java.util.List;

/** What a runner takes for its tests, from the shapes. */
final class MemoryForecast {
    private final CpuMemory memory;
    private final List<Workload> tests;

    MemoryForecast(CpuMemory memory, List<Workload> tests) {
        this.memory = memory;
        this.tests = tests;
    }

    /** The test whose sequence takes most. */
    Workload largest() {
        return tests.stream().max(Comparator.comparingLong(this::pages)).orElseThrow();
    }

    /** Sequences that wait at a depth, and the one that runs: bytes of states, and of pages until the runner is closed. */
    long sequences() {
        int[] depths = tests.stream()
                .mapToInt(Workload::depth)
                .filter(d -> d > 0)
                .distinct()
                .toArray();
        long bytes = (depths.length + 1) * memory.states() + pages(largest());
        for (int depth : depths) {
            bytes += memory.cache(depth);
        }
        return bytes;
    }

    /** Pages of a test's own: full ones are those of the sequence that waits. */
    private long pages(Workload test) {
        long shared = memory.cache(test.depth() / KvPages.PAGE * KvPages.PAGE);
        return memory.cache(test.positions()) - shared + memory.draftCache(test.positions());
    }

    /** Activations, scratch and rotary angles with so many threads and tokens a step. */
    long buffers(int threads, int batch) {
        int tokens = tests.stream()
                .mapToInt(test -> Math.max(1, Math.min(test.prompt(), batch)))
                .max()
                .orElseThrow();
        int positions = tests.stream().mapToInt(Workload::positions).max().orElseThrow();
        return memory.buffers(tokens, batch, threads) + memory.angles(positions);
    }
}
