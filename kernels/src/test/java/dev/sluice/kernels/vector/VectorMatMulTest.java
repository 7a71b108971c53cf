package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class VectorMatMulTest {
    private static final int[] ROWS = {1, 3, 13, 193};
    private static final int[] COLS = {1, 13, 16, 32, 72, 128, 160, 207, 576, 4098, 4224};
    private static final int[] TOKENS = {1, 2, 3, 4, 5, 8, 9, 17, 39, 40, 46, 97};
    private static final int[] OFFSETS = {8, 0, 1, 3, 5};

    private final MatMul vector = new VectorMatMul();
    private final MatMul plain = new PlainMatMul();
    private final Random random = new Random(7);

    @ParameterizedTest
    @FieldSource("dev.sluice.kernels.vector.MatrixSamples#FORMS")
    void everySizeFollowsTheLaneOrderToTheBit(MatrixSamples.Form form) {
        int sample = 0;
        for (int rows : ROWS) {
            for (int cols : COLS) {
                if (form.fits(cols)) {
                    try (Arena arena = Arena.ofConfined()) {
                        int offset = OFFSETS[sample++ % OFFSETS.length];
                        followsTheLaneOrder(arena, MatrixSamples.random(arena, form, rows, cols, offset, random));
                    }
                }
            }
        }
        assertThat(sample).isGreaterThan(4);
    }

    private void followsTheLaneOrder(Arena arena, Matrix w) {
        int most = TOKENS[TOKENS.length - 1];
        Rows x = MatrixSamples.activations(arena, most, w.cols(), random);
        float[][] expected = laneOrder(arena, w, x, most);
        Rows y = Rows.of(F32.allocate(arena, (long) most * (w.rows() + 3)), w.rows() + 3);
        F32 scratch = F32.allocate(arena, MatMul.scratch(w.cols()));
        for (int tokens : TOKENS) {
            int first = random.nextInt(most - tokens + 1);
            int border = random.nextInt(w.rows() + 1);
            y.data().clear(0, y.data().size());
            vector.multiply(w, x, first, y, first, tokens, border, w.rows(), scratch);
            vector.multiply(w, x, first, y, first, tokens, 0, border, scratch);
            for (int t = first; t < first + tokens; t++) {
                assertThat(y.data().toArray(y.row(t), w.rows()))
                        .as("token %d of %d from %d, rows %d + %d, %s", t, tokens, first, border, w.rows() - border, w)
                        .containsExactly(expected[t]);
            }
        }
    }

    /** Expected products, each also held against the f64 oracle. */
    private float[][] laneOrder(Arena arena, Matrix w, Rows x, int tokens) {
        float[][] expected = new float[tokens][w.rows()];
        Rows oracle = Rows.of(F32.allocate(arena, (long) tokens * w.rows()), w.rows());
        F32 scratch = F32.allocate(arena, MatMul.scratch(w.cols()));
        plain.multiply(w, x, 0, oracle, 0, tokens, 0, w.rows(), scratch);
        for (int r = 0; r < w.rows(); r++) {
            plain.row(w, r, scratch, 0);
            float[] weights = scratch.toArray(0, w.cols());
            for (int t = 0; t < tokens; t++) {
                float[] token = x.data().toArray(x.row(t), w.cols());
                expected[t][r] = LaneOrder.dot(weights, token);
                double error = Math.abs((double) expected[t][r] - oracle.data().get(oracle.row(t) + r));
                assertThat(error).isLessThanOrEqualTo(LaneOrder.bound(weights, token));
            }
        }
        return expected;
    }

    @ParameterizedTest
    @FieldSource("dev.sluice.kernels.vector.MatrixSamples#FORMS")
    void nothingIsReadBehindTheMatrix(MatrixSamples.Form form, @TempDir Path folder) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            followsTheLaneOrder(arena, MatrixSamples.atTheEndOfAFile(arena, form, folder, random));
        }
    }

    @ParameterizedTest
    @FieldSource("dev.sluice.kernels.vector.MatrixSamples#FORMS")
    void rowsAreWidenedAsTheOracleWidensThem(MatrixSamples.Form form) {
        try (Arena arena = Arena.ofConfined()) {
            int cols = form.group() == 0 ? 207 : 3 * form.group();
            Matrix w = MatrixSamples.random(arena, form, 3, cols, 5, random);
            F32 expected = F32.allocate(arena, cols + 2L);
            F32 found = F32.allocate(arena, cols + 2L);
            F32 scratch = F32.allocate(arena, MatMul.scratch(cols));
            for (int r = 0; r < 3; r++) {
                plain.row(w, r, expected, 1);
                vector.row(w, r, found, 1);
                assertThat(found.toArray(0, cols + 2)).containsExactly(expected.toArray(0, cols + 2));
                WidenedRows.widen(w, r, 0, cols, scratch, Scratch.ROWS);
                assertThat(scratch.toArray(Scratch.ROWS, cols))
                        .containsExactly(LaneOrder.unzipped(expected.toArray(1, cols)));
            }
        }
    }

    @Test
    void theVectorKernelRunsAndNotTheOracle() {
        assertThat(Lanes.LANES).isGreaterThanOrEqualTo(4);
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, MatrixSamples.FORMS.get(0), 64, 4096, 0, random);
            Rows x = MatrixSamples.activations(arena, 1, 4096, random);
            Rows byVector = Rows.of(F32.allocate(arena, 64), 64);
            Rows byOracle = Rows.of(F32.allocate(arena, 64), 64);
            F32 scratch = F32.allocate(arena, MatMul.scratch(4096));
            vector.multiply(w, x, 0, byVector, 0, 1, 0, 64, scratch);
            plain.multiply(w, x, 0, byOracle, 0, 1, 0, 64, scratch);
            assertThat(byVector.data().toArray(0, 64))
                    .isNotEqualTo(byOracle.data().toArray(0, 64));
        }
    }

    @Test
    void operandsAreCheckedBeforeMemoryIsTouched() {
        Matrix gone;
        try (Arena closed = Arena.ofConfined()) {
            gone = MatrixSamples.random(closed, new MatrixSamples.Form(Dtype.BF16, 0, 0), 4, 32, 0, random);
        }
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, new MatrixSamples.Form(Dtype.BF16, 0, 0), 4, 32, 0, random);
            Rows x = Rows.of(F32.allocate(arena, 64), 32);
            Rows y = Rows.of(F32.allocate(arena, 8), 4);
            F32 scratch = F32.allocate(arena, MatMul.scratch(32));
            for (MatMul matMul : new MatMul[] {vector, plain}) {
                refuses(matMul, w, x, 0, y, 0, 1, 0, 5, scratch);
                refuses(matMul, w, x, 0, y, 0, 1, -1, 4, scratch);
                refuses(matMul, w, x, 1, y, 0, 2, 0, 4, scratch);
                refuses(matMul, w, x, 0, y, 1, 2, 0, 4, scratch);
                refuses(matMul, w, x, 0, y, -1, 1, 0, 4, scratch);
                refuses(matMul, w, x, 0, y, 0, -1, 0, 4, scratch);
                refuses(matMul, w, x, 0, y, 0, 1, 0, 4, F32.allocate(arena, 32));
                assertThatThrownBy(() -> matMul.row(w, 4, scratch, 0)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> matMul.multiply(gone, x, 0, y, 0, 1, 0, 4, scratch))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed");
                matMul.multiply(w, x, 2, y, 2, 0, 0, 4, scratch);
                matMul.multiply(w, x, 0, y, 0, 2, 4, 4, scratch);
            }
        }
    }

    private static void refuses(
            MatMul matMul, Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, int from, int to, F32 s) {
        assertThatThrownBy(() -> matMul.multiply(w, x, xFirst, y, yFirst, tokens, from, to, s))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
