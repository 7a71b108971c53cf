package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Vectors that are prepared once for several products: by their name, and never those of another name. */
class NamedVectorsTest {
    private static final int[] TOKENS = {1, 3, 9, MatMul.MANY, MatMul.MANY + 60};
    private static final int MOST = TOKENS[TOKENS.length - 1];
    private static final int ROWS = 70;
    private static final int COLS = 256;

    private final MatMul matMul = new VectorMatMul();
    private final Random random = new Random(11);

    @ParameterizedTest
    @FieldSource("dev.sluice.kernels.vector.MatrixSamples#FORMS")
    void productsInARowWithOneNameAreThoseOfEachAlone(MatrixSamples.Form form) {
        try (Arena arena = Arena.ofConfined()) {
            Matrix first = MatrixSamples.random(arena, form, ROWS, COLS, 0, random);
            Matrix second = MatrixSamples.random(arena, form, ROWS, COLS, 0, random);
            F32 scratch = litter(arena);
            long name = 0;
            for (int tokens : TOKENS) {
                Rows x = MatrixSamples.activations(arena, MOST, COLS, random);
                name++;
                assertThat(product(arena, first, x, tokens, scratch, name)).isEqualTo(alone(arena, first, x, tokens));
                assertThat(product(arena, second, x, tokens, scratch, name)).isEqualTo(alone(arena, second, x, tokens));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("dev.sluice.kernels.vector.MatrixSamples#FORMS")
    void anotherNameMeansOtherNumbersInTheSamePlace(MatrixSamples.Form form) {
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, form, ROWS, COLS, 0, random);
            Rows x = MatrixSamples.activations(arena, MOST, COLS, random);
            F32 scratch = litter(arena);
            for (int tokens : TOKENS) {
                float[] before = product(arena, w, x, tokens, scratch, 2L * tokens);
                x.data().set(x.row(0) + 3, 100 + tokens);
                float[] after = product(arena, w, x, tokens, scratch, 2L * tokens + 1);
                assertThat(after).isNotEqualTo(before).isEqualTo(alone(arena, w, x, tokens));
                x.data().set(x.row(0) + 3, -100);
                assertThat(product(arena, w, x, tokens, scratch, ManyTokens.NAMELESS))
                        .isEqualTo(alone(arena, w, x, tokens));
            }
        }
    }

    /** Scratch as attention or another product leaves it. */
    private F32 litter(Arena arena) {
        F32 scratch = F32.allocate(arena, MatMul.scratch(COLS));
        for (long i = 0; i < scratch.size(); i++) {
            scratch.set(i, random.nextFloat());
        }
        return scratch;
    }

    private float[] alone(Arena arena, Matrix w, Rows x, int tokens) {
        return product(arena, w, x, tokens, F32.allocate(arena, MatMul.scratch(COLS)), ManyTokens.NAMELESS);
    }

    private float[] product(Arena arena, Matrix w, Rows x, int tokens, F32 scratch, long name) {
        F32 y = F32.allocate(arena, (long) tokens * ROWS);
        matMul.multiply(w, x, 0, Rows.of(y, ROWS), 0, tokens, 0, ROWS, scratch, name);
        return y.toArray(0, tokens * ROWS);
    }
}
