package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A vector that is not kept in a register is an object: compiled kernels that allocate nothing box nothing. */
class AllocationTest {
    private static final int CALLS = 2000;
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void compiledKernelsAllocateNothing() {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Long> allocating = new TreeMap<>();
            Map<String, Runnable> kernels = kernels(arena, Kernels.vector());
            long start = System.nanoTime();
            do {
                allocating.clear();
                kernels.forEach((name, kernel) -> {
                    long bytes = allocated(kernel);
                    if (bytes > CALLS) {
                        allocating.put(name, bytes / CALLS);
                    }
                });
            } while (!allocating.isEmpty() && System.nanoTime() - start < PATIENCE_NANOS);
            assertThat(allocating).as("bytes a call").isEmpty();
        }
    }

    private long allocated(Runnable kernel) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            kernel.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static Map<String, Runnable> kernels(Arena arena, Kernels k) {
        F32 a = Data.random(arena, 1, 4000);
        F32 b = Data.random(arena, 2, 4000);
        F32 c = Data.random(arena, 3, 4000);
        F32 y = F32.allocate(arena, 4000);
        F32 state = F32.allocate(arena, 16 * 72);
        int[] indices = new int[10];
        float[] weights = new float[10];
        Rows rows = Rows.of(a, 72);
        Rows out = Rows.of(y, 72);
        Rows gates = Rows.of(F32.copyOf(arena, 0.9f, 0.5f, 0.1f, 0.8f, 0.4f, 0.2f), 3);
        CausalConv.Channels channels = new CausalConv.Channels(3, 60, 72, 4);
        F32 scratch = F32.allocate(arena, Math.max(Attention.scratch(40), DeltaRule.scratch(16)));
        KvPages bf16 = pages(arena, k, Dtype.BF16, a, b);
        KvPages f32 = pages(arena, k, Dtype.F32, a, b);
        Map<String, Runnable> calls = new TreeMap<>();
        calls.put("add", () -> k.activations().add(y, 0, a, 0, 207));
        calls.put("addScaled", () -> k.activations().addScaled(y, 0, a, 0, 0f, 207));
        calls.put("swiglu", () -> k.activations().swiglu(a, 0, b, 0, y, 0, 207));
        calls.put("sigmoidGate", () -> k.activations().sigmoidGate(y, 0, b, 0, 207));
        calls.put("maxima", () -> k.activations().maxima(a, 0, 4000, y, 0));
        calls.put(
                "exp",
                () -> y.set(0, k.activations().exp(a.get(0)) + k.activations().sigmoid(a.get(1))));
        calls.put("softplus", () -> y.set(0, k.activations().softplus(a.get(0))));
        calls.put("rms", () -> k.norms().rms(a, 0, b, y, 0, 207, 1e-6f));
        calls.put("gatedRms", () -> k.norms().gatedRms(a, 0, b, c, 0, y, 0, 207, 1e-6f));
        calls.put("l2", () -> k.norms().l2(y, 0, 207, 1));
        calls.put("rope", () -> k.rope().rotate(y, 0, c, 0, 24));
        calls.put("conv", () -> k.causalConv().run(rows, 0, 0, out, 0, 0, 5, b, state, 0, channels));
        calls.put(
                "deltaRule",
                () -> k.deltaRule().run(state, 0, 16, 72, rows, rows, rows, gates, out, 0, 2, 0, 72, scratch));
        Rows manyGates = Rows.of(c, 3);
        calls.put(
                "deltaRule of a prompt",
                () -> k.deltaRule().run(state, 0, 16, 72, rows, rows, rows, manyGates, out, 0, 9, 0, 72, scratch));
        calls.put("dot", () -> y.set(0, k.deltaRule().dot(a, 0, b, 0, 207)));
        calls.put("router", () -> k.router().choose(c, 0, 207, 10, true, indices, weights, 0));
        calls.put("store", () -> k.attention().store(bf16, 0, 69, a, 0, b, 0));
        calls.put("attend bf16", () -> k.attention().attend(bf16, 0, rows, 40, out, 0, 7, 0, 1, 60, 0.1f, scratch));
        calls.put("attend f32", () -> k.attention().attend(f32, 0, rows, 40, out, 0, 7, 0, 1, 60, 0.1f, scratch));
        return calls;
    }

    private static KvPages pages(Arena arena, Kernels kernels, Dtype type, F32 k, F32 v) {
        KvPages pages = new KvPages(arena, type, 1, 40);
        pages.extendTo(70);
        for (int t = 0; t < 70; t++) {
            kernels.attention().store(pages, 0, t, k, 40L * t, v, 40L * t);
        }
        return pages;
    }
}
