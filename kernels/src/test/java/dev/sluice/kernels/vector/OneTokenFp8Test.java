package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneTokenFp8Test {
    private static final MatrixSamples.Form FP8 = new MatrixSamples.Form(Dtype.F8_E4M3, 0, 0);
    private static final MatrixSamples.Form BF16 = new MatrixSamples.Form(Dtype.BF16, 0, 0);

    private final MatMul matMul = new VectorMatMul();
    private final Random random = new Random(11);

    /** Fewer than four rows behind a block, rows shorter than the distance of hints, pieces that begin inside a block. */
    @ParameterizedTest
    @CsvSource({"1, 13", "3, 512", "131, 512", "257, 207", "300, 4098", "512, 160"})
    void whatIsExpectedChangesNoBit(int rows, int cols) {
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, FP8, rows, cols, 8, random);
            Matrix other = MatrixSamples.random(arena, FP8, 129, 512, 3, random);
            Rows x = MatrixSamples.activations(arena, 1, cols, random);
            F32 scratch = F32.allocate(arena, MatMul.scratch(4098));
            float[] alone = product(arena, w, x, 0, scratch);
            for (int cut = 0; cut <= rows; cut += 1 + rows / 5) {
                matMul.expect(w, cut, rows, scratch);
                assertThat(product(arena, w, x, cut, scratch)).isEqualTo(alone);
                matMul.expect(other, 127, 129, scratch);
                assertThat(product(arena, w, x, cut, scratch)).isEqualTo(alone);
            }
        }
    }

    /** In two parts. */
    private float[] product(Arena arena, Matrix w, Rows x, int cut, F32 scratch) {
        F32 y = F32.allocate(arena, w.rows());
        matMul.multiply(w, x, 0, Rows.of(y, w.rows()), 0, 1, 0, cut, scratch);
        matMul.multiply(w, x, 0, Rows.of(y, w.rows()), 0, 1, cut, w.rows(), scratch);
        return y.toArray(0, w.rows());
    }

    @Test
    void anExpectationHoldsForOneProductAndWithoutFp8ThereIsNone() {
        try (Arena arena = Arena.ofConfined()) {
            var w = (Matrix.Fp8Blocks) MatrixSamples.random(arena, FP8, 300, 512, 8, random);
            Matrix bf16 = MatrixSamples.random(arena, BF16, 4, 512, 8, random);
            F32 scratch = F32.allocate(arena, MatMul.scratch(512));
            long at = Scratch.address(scratch, Scratch.NEXT);

            matMul.expect(w, 130, 300, scratch);
            assertThat(Lanes.getLong(at)).isEqualTo(w.data().address() + 130 * 512);
            assertThat(Lanes.getLong(at + 8))
                    .as("to a quarter of rows 130 to 256")
                    .isEqualTo(31 * 512);
            product(arena, w, MatrixSamples.activations(arena, 1, 512, random), 300, scratch);
            assertThat(Lanes.getLong(at)).isZero();

            matMul.expect(w, 0, 2, scratch);
            assertThat(Lanes.getLong(at + 8))
                    .as("too few rows for four streams")
                    .isZero();
            matMul.expect(bf16, 0, 4, scratch);
            assertThat(Lanes.getLong(at)).isZero();
        }
    }

    @Test
    void aScratchThatIsTooSmallIsRefused() {
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, FP8, 4, 512, 8, random);
            F32 small = F32.allocate(arena, 16);
            assertThatThrownBy(() -> matMul.expect(w, 0, 4, small)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }
}
