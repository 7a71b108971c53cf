package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * In a JVM of its own, as every allocation test here: what C2 makes of a kernel depends on what ran before, and hundreds
 * of odd shapes are not what a process does that runs a model.
 */
class MatMulAllocationTest {
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int PRODUCTS = 100;
    private static final int UNSEEN = 20;

    /**
     * A search by vectors takes 2 MB in each product. But one product of a process may take 72 or 136 bytes, in about one JVM of
     * four, also with the kernels of before: as if code were thrown away while a vector lives, not traced.
     */
    private static final long ONCE = 1024;

    private static final int SELDOM = 2;

    private final Random random = new Random(7);

    @ParameterizedTest
    @FieldSource("dev.sluice.kernels.vector.MatrixSamples#FORMS")
    void aWarmProductAllocatesNothing(MatrixSamples.Form form) {
        assertThat(allocated(new VectorMatMul(), form, 1, 3, 9))
                .as("bytes in 300 products")
                .isZero();
    }

    /** The search for NaN codes, once a matrix: a model comes to an expert for the first time at any token. */
    @Test
    void theFirstProductWithAnFp8MatrixAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined()) {
            MatrixSamples.Form fp8 = new MatrixSamples.Form(Dtype.F8_E4M3, 0, 0);
            var codes = (Matrix.Fp8Blocks) MatrixSamples.random(arena, fp8, 512, 512, 8, random);
            Rows x = MatrixSamples.activations(arena, 1, 512, random);
            Rows y = Rows.of(F32.allocate(arena, 512), 512);
            F32 scratch = F32.allocate(arena, MatMul.scratch(512));
            MatMul matMul = new VectorMatMul();
            // all but the search is compiled by then: it has to do without
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (bytes(matMul, codes, x, y, scratch) > 0 && System.nanoTime() < deadline) {}
            int allocating = 0;
            for (int i = 0; i < UNSEEN; i++) {
                Matrix unseen = new Matrix.Fp8Blocks(512, 512, codes.data(), codes.scales());
                long before = threads.getCurrentThreadAllocatedBytes();
                matMul.multiply(unseen, x, 0, y, 0, 1, 0, 512, scratch);
                long bytes = threads.getCurrentThreadAllocatedBytes() - before;
                assertThat(bytes).as("bytes of first product %d", i).isLessThan(ONCE);
                allocating += bytes > 0 ? 1 : 0;
            }
            assertThat(allocating).as("first products that allocate").isLessThanOrEqualTo(SELDOM);
        }
    }

    private long bytes(MatMul matMul, Matrix w, Rows x, Rows y, F32 scratch) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < PRODUCTS; i++) {
            matMul.multiply(w, x, 0, y, 0, 1, 0, w.rows(), scratch);
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @EnumSource
    void aWarmProductInCAllocatesNothing(NativeTier tier) {
        if (Kernels.refusal(tier).isEmpty()) {
            MatrixSamples.Form form = new MatrixSamples.Form(Dtype.BF16, 4, 64);
            assertThat(allocated(Kernels.inC(tier).matMul(), form, 1, 9))
                    .as("bytes in 200 products")
                    .isZero();
        }
    }

    /** Bytes of a hundred products with each number of tokens, the first hundred that take none if patience lasts. */
    private long allocated(MatMul matMul, MatrixSamples.Form form, int... tokens) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, form, 13, 1280, 8, random);
            Rows x = MatrixSamples.activations(arena, 9, 1280, random);
            Rows y = Rows.of(F32.allocate(arena, 9 * 13), 13);
            F32 scratch = F32.allocate(arena, MatMul.scratch(1280));
            long allocated;
            do {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < PRODUCTS; i++) {
                    for (int count : tokens) {
                        matMul.expect(w, 5, 13, scratch);
                        matMul.multiply(w, x, 0, y, 0, count, 0, 13, scratch);
                    }
                }
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            } while (allocated > 0 && System.nanoTime() < deadline);
            return allocated;
        }
    }
}
