package dev.sluice.kernels.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainMatMulTest {
    private final Arena arena = Arena.ofAuto();

    @ParameterizedTest
    @CsvSource({
        "0x00, 0",
        "0x80, -0.0",
        "0x01, 0.001953125",
        "0x07, 0.013671875",
        "0x08, 0.015625",
        "0x0F, 0.029296875",
        "0x38, 1",
        "0x3C, 1.5",
        "0xC0, -2",
        "0x77, 240",
        "0x78, 256",
        "0x7E, 448",
        "0xFE, -448",
        "0x7F, NaN",
        "0xFF, NaN",
        "0x81, -0.001953125"
    })
    void e4m3CodesHaveTheirValues(String code, float value) {
        assertThat(Widen.e4m3((byte) (int) Integer.decode(code))).isEqualTo((Float) value);
    }

    @Test
    void multipliesByHand() {
        F32 w = F32.copyOf(arena, 1, 2, 3, 4, 5, 6);
        Matrix matrix = new Matrix.Dense(Dtype.F32, 2, 3, w.segment());
        Rows x = Rows.of(F32.copyOf(arena, 1, 10, 100, 2, 20, 200), 3);
        Rows y = Rows.of(F32.allocate(arena, 4), 2);
        new PlainMatMul().multiply(matrix, x, 0, y, 0, 2, 0, 2, F32.allocate(arena, MatMul.scratch(3)));
        assertThat(y.data().toArray(0, 4)).containsExactly(321, 654, 642, 1308);
    }

    @Test
    void aBlockScaleCoversItsBlockOnly() {
        MemorySegment codes = arena.allocate(129 * 130).fill((byte) 0x38);
        Matrix matrix = new Matrix.Fp8Blocks(129, 130, codes, F32.copyOf(arena, 1, 2, 3, 4));
        assertThat(element(matrix, 0, 0)).isEqualTo(1);
        assertThat(element(matrix, 127, 127)).isEqualTo(1);
        assertThat(element(matrix, 127, 128)).isEqualTo(2);
        assertThat(element(matrix, 128, 127)).isEqualTo(3);
        assertThat(element(matrix, 128, 129)).isEqualTo(4);
    }

    @Test
    void affineCodesAreReadFromTheLowBitsUp() {
        MemorySegment words = arena.allocate(2 * 16, 4);
        words.setAtIndex(ValueLayout.JAVA_INT, 0, 0xFEDCBA98);
        words.setAtIndex(ValueLayout.JAVA_INT, 4, 0x00000021);
        MemorySegment scales = shorts(0x4000, 0x3800);
        MemorySegment biases = shorts(0xBC00, 0x0000);
        Matrix four = new Matrix.AffineGroups(2, 32, 4, 32, words, Dtype.F16, scales, biases);
        assertThat(element(four, 0, 0)).isEqualTo(2 * 8 - 1);
        assertThat(element(four, 0, 7)).isEqualTo(2 * 15 - 1);
        assertThat(element(four, 0, 8)).isEqualTo(-1);
        assertThat(element(four, 1, 0)).isEqualTo(0.5f * 1);
        assertThat(element(four, 1, 1)).isEqualTo(0.5f * 2);
        Matrix eight = new Matrix.AffineGroups(1, 32, 8, 32, words, Dtype.F16, shorts(0x4000), shorts(0xBC00));
        assertThat(element(eight, 0, 0)).isEqualTo(2 * 0x98 - 1);
        assertThat(element(eight, 0, 3)).isEqualTo(2 * 0xFE - 1);
        assertThat(element(eight, 0, 16)).isEqualTo(2 * 0x21 - 1);
    }

    private MemorySegment shorts(int... values) {
        MemorySegment out = arena.allocate(2L * values.length, 2);
        for (int i = 0; i < values.length; i++) {
            out.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) values[i]);
        }
        return out;
    }

    private float element(Matrix w, int row, int column) {
        F32 out = F32.allocate(arena, w.cols());
        new PlainMatMul().row(w, row, out, 0);
        return out.get(column);
    }
}
