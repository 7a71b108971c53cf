package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every code of every form, infinities, NaN and subnormals too, has the value that the oracle gives it. */
class StoredCodesTest {
    private static final int COLS = 256;

    private final MatMul vector = new VectorMatMul();
    private final MatMul plain = new PlainMatMul();

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F16", "BF16"})
    void allSixteenBitPatterns(Dtype type) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(2L * 65536, 2);
            for (int i = 0; i < 65536; i++) {
                data.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
            }
            agrees(arena, new Matrix.Dense(type, 65536 / COLS, COLS, data));
        }
    }

    /** Scales from subnormal to where {@code 2^120 * scale} overflows, and not finite ones. */
    @ParameterizedTest
    @ValueSource(floats = {1f, 0.0123f, -3f, 0f, 1e-42f, 255.9f, 256f, 1e30f, Float.POSITIVE_INFINITY, Float.NaN})
    void allFp8Codes(float scale) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(3 * COLS);
            for (int i = 0; i < 3 * COLS; i++) {
                data.set(ValueLayout.JAVA_BYTE, i, (byte) i);
            }
            // a row without NaN codes
            data.set(ValueLayout.JAVA_BYTE, COLS + 0x7F, (byte) 1);
            data.set(ValueLayout.JAVA_BYTE, COLS + 0xFF, (byte) 1);
            agrees(arena, new Matrix.Fp8Blocks(3, COLS, data, F32.copyOf(arena, scale, 0.5f)));
        }
    }

    /** Blocks of 37 columns have codes behind the last whole word. */
    @ParameterizedTest
    @ValueSource(bytes = {0x7F, (byte) 0xFF})
    void aNaNCodeIsFoundWhereverItLies(byte nan) {
        int cols = 37;
        int rows = 131;
        try (Arena arena = Arena.ofConfined()) {
            F32 scales = F32.copyOf(arena, 1, 1);
            Rows x = Rows.of(F32.allocate(arena, cols), cols);
            for (int k = 0; k < cols; k++) {
                x.data().set(k, 1);
            }
            Rows y = Rows.of(F32.allocate(arena, rows), rows);
            F32 scratch = F32.allocate(arena, MatMul.scratch(cols));
            MemorySegment data = arena.allocate(rows * cols);
            for (int at = 0; at < rows * cols; at += 1 + at / 100) {
                data.fill((byte) 0x7E); // the largest number: one bit less
                data.set(ValueLayout.JAVA_BYTE, at, nan);
                Matrix w = new Matrix.Fp8Blocks(rows, cols, data, scales);
                new VectorMatMul().multiply(w, x, 0, y, 0, 1, 0, rows, scratch);
                for (int row = 0; row < rows; row++) {
                    assertThat(y.data().get(row))
                            .as("row %d with a NaN at %d", row, at)
                            .isEqualTo(row == at / cols ? Float.valueOf(Float.NaN) : Float.valueOf(448 * cols));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void allAffineCodes(int bits) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate((long) COLS * bits / 8, 4);
            for (int i = 0; i < data.byteSize(); i++) {
                data.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 37));
            }
            MemorySegment scales =
                    F32.copyOf(arena, 0.1f, 1e-40f, Float.NaN, -2f).segment();
            MemorySegment biases =
                    F32.copyOf(arena, -0.7f, 0f, 1f, Float.NEGATIVE_INFINITY).segment();
            agrees(arena, new Matrix.AffineGroups(1, COLS, bits, 64, data, Dtype.F32, scales, biases));
        }
    }

    /** Compares the widened rows, and all ways to multiply, with the oracle's values summed in lane order. */
    private void agrees(Arena arena, Matrix w) {
        F32 scratch = F32.allocate(arena, MatMul.scratch(COLS));
        int tokens = 7;
        Rows x = Rows.of(F32.allocate(arena, (long) tokens * COLS), COLS);
        Rows y = Rows.of(F32.allocate(arena, (long) tokens * w.rows()), w.rows());
        for (int i = 0; i < tokens * COLS; i++) {
            x.data().set(i, i % 11 == 0 ? 0f : 1f / (1 + i % 17) - 0.3f);
        }
        for (int count : new int[] {1, 3, 7}) {
            vector.multiply(w, x, 0, y, 0, count, 0, w.rows(), scratch);
            for (int r = 0; r < w.rows(); r++) {
                F32 row = F32.allocate(arena, COLS);
                plain.row(w, r, row, 0);
                for (int t = 0; t < count; t++) {
                    float expected =
                            LaneOrder.dot(row.toArray(0, COLS), x.data().toArray(x.row(t), COLS));
                    assertThat(y.data().get(y.row(t) + r))
                            .as("row %d, token %d of %d", r, t, count)
                            .isEqualTo((Float) expected);
                }
            }
        }
        for (int r = 0; r < w.rows(); r++) {
            WidenedRows.widen(w, r, 0, COLS, scratch, Scratch.ROWS);
            F32 row = F32.allocate(arena, COLS);
            plain.row(w, r, row, 0);
            assertThat(scratch.toArray(Scratch.ROWS, COLS))
                    .as("row %d", r)
                    .containsExactly(LaneOrder.unzipped(row.toArray(0, COLS)));
        }
    }
}
