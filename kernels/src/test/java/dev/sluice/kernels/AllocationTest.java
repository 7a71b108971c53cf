package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A vector that is not kept in a register is an object: compiled kernels that allocate nothing box nothing.
 *
 * <p>Measured in JVMs of their own. In one JVM of twenty C2 keeps the lanes of some vector or other in an array, each time
 * of another kernel, with the same bytecode; a kernel that boxes by what it says does so in every JVM. So one that
 * allocates is looked at in a second JVM, and has to allocate there too.
 */
class AllocationTest {
    private static final int CALLS = 2000;
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    @Test
    void compiledKernelsAllocateNothing() throws IOException, InterruptedException {
        List<String> allocating = measured();
        if (!allocating.isEmpty()) {
            List<String> again = measured();
            allocating.removeIf(name -> !again.contains(name));
        }
        assertThat(allocating).as("kernels that allocate in two JVMs").isEmpty();
    }

    /** Names of the kernels that allocate in a new JVM. */
    private static List<String> measured() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Measurement.class.getName()));
        Process process = new ProcessBuilder(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        System.out.print(output);
        List<String> lines = new ArrayList<>(output.lines().toList());
        assertThat(lines).isNotEmpty();
        assertThat(lines.removeLast()).isEqualTo(Measurement.DONE);
        lines.replaceAll(line -> line.substring(0, line.lastIndexOf(':')));
        return lines;
    }

    /** Says which kernels still allocate when all had time to be compiled, and how much in a call. */
    static final class Measurement {
        private static final String DONE = "measured";

        private Measurement() {}

        public static void main(String[] args) {
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
                allocating.forEach((name, bytes) -> System.out.println(name + ": " + bytes + " bytes a call"));
                System.out.println(DONE);
            }
        }

        private static long allocated(Runnable kernel) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                kernel.run();
            }
            return threads.getCurrentThreadAllocatedBytes() - before;
        }
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
