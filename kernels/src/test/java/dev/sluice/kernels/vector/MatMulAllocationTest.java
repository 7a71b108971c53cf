package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In a JVM of its own, as every allocation test here: what C2 makes of a kernel depends on what ran before, and hundreds
 * of odd shapes are not what a process does that runs a model.
 */
class MatMulAllocationTest {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final MatMul vector = new VectorMatMul();
    private final Random random = new Random(7);

    static Stream<MatrixSamples.Form> forms() {
        return MatrixSamples.FORMS.stream();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aWarmProductAllocatesNothing(MatrixSamples.Form form) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, form, 13, 1280, 8, random);
            Rows x = Rows.of(F32.allocate(arena, 9 * 1280), 1280);
            Rows y = Rows.of(F32.allocate(arena, 9 * 13), 13);
            F32 scratch = F32.allocate(arena, MatMul.scratch(1280));
            long allocated;
            do {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 100; i++) {
                    vector.multiply(w, x, 0, y, 0, 1, 0, 13, scratch);
                    vector.multiply(w, x, 0, y, 0, 3, 0, 13, scratch);
                    vector.multiply(w, x, 0, y, 0, 9, 0, 13, scratch);
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            } while (allocated > 0 && System.nanoTime() < deadline);
            assertThat(allocated).as("bytes in 300 products").isZero();
        }
    }
}
