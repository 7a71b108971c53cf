package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Attention in the sizes of models: a prompt passes many tiles, and what C2 makes of that is not what it makes of one. */
class AttentionAllocationTest {
    private static final int CALLS = 200;
    private static final int KEYS = 600;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void promptsAndDecodingAllocateNothing() {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Runnable> calls = new TreeMap<>();
            for (Dtype type : new Dtype[] {Dtype.BF16, Dtype.F32}) {
                add(calls, arena, type, 128, 2, 32);
                add(calls, arena, type, 128, 2, 1);
                add(calls, arena, type, 256, 4, 1);
                add(calls, arena, type, 128, 8, 1);
                add(calls, arena, type, 256, 8, 9);
                add(calls, arena, type, 72, 3, 1);
            }
            Map<String, Long> allocating = new TreeMap<>();
            long start = System.nanoTime();
            do {
                allocating.clear();
                calls.forEach((name, call) -> {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < CALLS; i++) {
                        call.run();
                    }
                    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                    if (bytes > CALLS) {
                        allocating.put(name, bytes / CALLS);
                    }
                });
            } while (!allocating.isEmpty() && System.nanoTime() - start < PATIENCE_NANOS);
            assertThat(allocating).as("bytes a call").isEmpty();
        }
    }

    private static void add(Map<String, Runnable> calls, Arena arena, Dtype type, int dim, int heads, int tokens) {
        Attention attention = Kernels.vector().attention();
        F32 data = Data.random(arena, 1, KEYS + dim);
        KvPages kv = new KvPages(arena, type, 1, dim);
        kv.extendTo(KEYS);
        for (int t = 0; t < KEYS; t++) {
            attention.store(kv, 0, t, data, t, data, KEYS - t);
        }
        Rows q = Rows.of(Data.random(arena, 2, tokens * heads * dim), heads * dim);
        Rows o = Rows.allocate(arena, tokens, heads * dim);
        F32 scratch = F32.allocate(arena, Attention.scratch(dim));
        calls.put(
                tokens + " tokens of " + heads + " heads of " + dim + ", " + type,
                () -> attention.attend(kv, 0, q, dim, o, 0, tokens, 0, heads, KEYS - tokens, 0.1f, scratch));
    }
}
