package dev.sluice.kernels.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.vector.MatrixSamples;
import dev.sluice.kernels.vector.MatrixSamples.Form;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Activations rounded to 8 bits, a scale for each 32 of them. */
class Int8MatMulTest extends NativeMatMulTest {
    private static final int BLOCK = 32;

    /** A block whose largest number is 127 has the scale 1. */
    Int8MatMulTest() {
        super(NativeTier.INT8, 127);
    }

    @Override
    void round(float[] x, F32 to, long at) {
        for (int block = 0; block < x.length; block += BLOCK) {
            float most = 0;
            for (int k = block; k < block + BLOCK; k++) {
                most = Math.max(most, Math.abs(x[k]));
            }
            for (int k = block; k < block + BLOCK; k++) {
                float code = most < 0x1p-100f ? 0 : (float) Math.rint(x[k] * (127 / most));
                assertThat(Math.abs(code)).isLessThanOrEqualTo(127);
                to.set(at + k, code * (most / 127));
            }
        }
    }

    /** Blocks of one of four sums with five roundings each, groups with their blocks, and the rounded activation itself. */
    @Override
    int steps(Matrix w) {
        return 4 * (w.cols() / 4 / BLOCK + 2) + w.cols() / 4 / BLOCK + 16;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aBlockThatIsNotFiniteMakesTheProductNaN(Form form) {
        matMul.ifPresent(products -> {
            for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                for (int at : new int[] {0, 17, 100, 255}) {
                    assertThat(product(products, form, 1, at, odd)).isNaN();
                    assertThat(product(products, form, 9, at, odd)).isNaN();
                }
            }
        });
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -0.0f, Float.MIN_VALUE, 0x1p-126f, 0x1.fffffep-101f})
    void whatIsTooSmallForAScaleIsZero(float tiny) {
        matMul.ifPresent(products -> {
            Form form = new Form(Dtype.F32, 4, 32);
            assertThat(product(products, form, 1, 3, tiny)).isZero();
            assertThat(product(products, form, 9, 3, tiny)).isZero();
        });
    }

    /** Of the last token: the product of a row of 256 columns with zeros and one other number. */
    private float product(MatMul products, Form form, int tokens, int at, float number) {
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, form, 1, 256, 0, random);
            Rows x = Rows.of(F32.allocate(arena, 256L * tokens), 256);
            x.data().set(x.row(tokens - 1) + at, number);
            Rows y = Rows.of(F32.allocate(arena, tokens), 1);
            products.multiply(w, x, 0, y, 0, tokens, 0, 1, F32.allocate(arena, MatMul.scratch(256)));
            float[] others = y.data().toArray(0, tokens - 1);
            assertThat(Arrays.equals(others, new float[tokens - 1])).isTrue();
            return y.data().get(tokens - 1);
        }
    }
}
