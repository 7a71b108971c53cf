package dev.sluice.kernels.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Bf16;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Activations rounded to BF16. */
class Bf16MatMulTest extends NativeMatMulTest {
    Bf16MatMulTest() {
        super(NativeTier.BF16, 1);
    }

    @Override
    void round(float[] x, F32 to, long at) {
        for (int k = 0; k < x.length; k++) {
            to.set(at + k, Bf16.toFloat(Bf16.round(x[k])));
        }
    }

    /** Two columns a step, blocks, lanes. */
    @Override
    int steps(Matrix w) {
        return 2 * (w.cols() / 32 + 1) + w.cols() / 32 + 8;
    }

    @Test
    void activationsAreRoundedToNearestTiesToEven() {
        matMul.ifPresent(products -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment one = arena.allocate(2);
                one.set(ValueLayout.JAVA_SHORT, 0, Bf16.round(1));
                Matrix w = new Matrix.Dense(Dtype.BF16, 1, 1, one);
                float[] hard = {
                    1 + 0x1p-8f,
                    1 + 0x3p-8f,
                    1 + 0x1p-8f + 0x1p-23f,
                    -1 - 0x1p-8f,
                    0,
                    3.0e38f,
                    Float.MAX_VALUE,
                    Float.POSITIVE_INFINITY,
                    Float.NEGATIVE_INFINITY,
                    Float.NaN,
                    Float.MIN_NORMAL
                };
                F32 scratch = F32.allocate(arena, MatMul.scratch(1));
                for (int i = 0; i < 10_000; i++) {
                    float x = i < hard.length ? hard[i] : Float.intBitsToFloat(random.nextInt());
                    if (x != 0 && Math.abs(x) < Float.MIN_NORMAL) {
                        continue; // vdpbf16ps reads subnormal numbers as zero
                    }
                    Rows y = Rows.of(F32.allocate(arena, 1), 1);
                    products.multiply(w, Rows.of(F32.copyOf(arena, x), 1), 0, y, 0, 1, 0, 1, scratch);
                    assertThat(y.data().get(0)).as("%s", x).matches(same(Bf16.toFloat(Bf16.round(x))));
                }
            }
        });
    }
}
