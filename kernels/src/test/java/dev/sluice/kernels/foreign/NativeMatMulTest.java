package dev.sluice.kernels.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.NativeTier;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.PlainMatMul;
import dev.sluice.kernels.reference.Widen;
import dev.sluice.kernels.vector.MatrixSamples;
import dev.sluice.kernels.vector.MatrixSamples.Form;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A tier against its oracle: activations rounded first, then exact products. Where it cannot run it says so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class NativeMatMulTest {
    private static final int[] ROWS = {1, 3, 13, 129};
    private static final int[] COLS = {1, 13, 16, 32, 72, 96, 128, 160, 207, 576, 1056, 4098, 4224};
    private static final int[] TOKENS = {1, 2, 3, 4, 5, 6, 7, 8, 13, 64, 200};
    private static final int[] OFFSETS = {8, 0, 1, 3, 5};

    final Random random = new Random(7);
    final Optional<MatMul> matMul;
    private final NativeTier tier;
    private final float one;
    private final MatMul plain = new PlainMatMul();

    /** @param one a number that rounds to itself, and by which a product is exact */
    NativeMatMulTest(NativeTier tier, float one) {
        this.tier = tier;
        this.one = one;
        this.matMul = products(tier);
    }

    /** Writes the numbers as the tier reads them. */
    abstract void round(float[] x, F32 to, long at);

    /** Roundings of the longest chain of a sum. */
    abstract int steps(Matrix w);

    /** The tier's products; none where it is refused, and then in the same words as {@code refusal}. */
    private static Optional<MatMul> products(NativeTier tier) {
        Optional<String> refusal = Kernels.refusal(tier);
        if (refusal.isEmpty()) {
            return Optional.of(Kernels.inC(tier).matMul());
        }
        assertThat(refusal.get()).startsWith("needs ");
        assertThatThrownBy(() -> Kernels.inC(tier))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(refusal.get());
        return Optional.empty();
    }

    /** Those that it multiplies itself. */
    Stream<Form> forms() {
        return forms(tier);
    }

    /** Those that a tier multiplies itself. */
    static Stream<Form> forms(NativeTier tier) {
        return MatrixSamples.FORMS.stream()
                .filter(form -> form.group() > 0
                        || tier == NativeTier.BF16 && form.type() != Dtype.F32 && form.type() != Dtype.F16);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everySizeIsNearTheOracleAndTheSameBitsInEveryBatch(Form form) {
        matMul.ifPresent(products -> {
            int sample = 0;
            for (int rows : ROWS) {
                for (int cols : COLS) {
                    if (form.fits(cols)) {
                        try (Arena arena = Arena.ofConfined()) {
                            int offset = OFFSETS[sample++ % OFFSETS.length];
                            check(products, arena, MatrixSamples.random(arena, form, rows, cols, offset, random));
                        }
                    }
                }
            }
            assertThat(sample).isGreaterThan(4);
        });
    }

    private void check(MatMul products, Arena arena, Matrix w) {
        int most = TOKENS[TOKENS.length - 1];
        Rows x = MatrixSamples.activations(arena, most, w.cols(), random);
        F32 scratch = F32.allocate(arena, MatMul.scratch(w.cols()));
        Rows alone = Rows.of(F32.allocate(arena, (long) most * w.rows()), w.rows());
        for (int t = 0; t < most; t++) {
            for (int r = 0; r < w.rows(); r++) {
                products.multiply(w, x, t, alone, t, 1, r, r + 1, scratch);
            }
        }
        nearTheOracle(arena, w, x, alone, 5, scratch);
        Rows y = Rows.of(F32.allocate(arena, (long) most * (w.rows() + 3)), w.rows() + 3);
        for (int tokens : TOKENS) {
            int first = random.nextInt(most - tokens + 1);
            int border = random.nextInt(w.rows() + 1);
            y.data().clear(0, y.data().size());
            products.multiply(w, x, first, y, first, tokens, border, w.rows(), scratch);
            products.multiply(w, x, first, y, first, tokens, 0, border, scratch);
            for (int t = first; t < first + tokens; t++) {
                assertThat(y.data().toArray(y.row(t), w.rows()))
                        .as("token %d of %d from %d, rows %d + %d, %s", t, tokens, first, border, w.rows() - border, w)
                        .containsExactly(alone.data().toArray(alone.row(t), w.rows()));
            }
        }
    }

    private void nearTheOracle(Arena arena, Matrix w, Rows x, Rows found, int tokens, F32 scratch) {
        Rows rounded = Rows.of(F32.allocate(arena, (long) tokens * w.cols()), w.cols());
        for (int t = 0; t < tokens; t++) {
            round(x.data().toArray(x.row(t), w.cols()), rounded.data(), rounded.row(t));
        }
        Rows expected = Rows.of(F32.allocate(arena, (long) tokens * w.rows()), w.rows());
        plain.multiply(w, rounded, 0, expected, 0, tokens, 0, w.rows(), scratch);
        for (int t = 0; t < tokens; t++) {
            for (int r = 0; r < w.rows(); r++) {
                double error = Math.abs((double) found.data().get(found.row(t) + r)
                        - expected.data().get(expected.row(t) + r));
                assertThat(error)
                        .as("row %d, token %d, %s", r, t, w)
                        .isLessThanOrEqualTo(bound(w, r, rounded.data(), rounded.row(t)));
            }
        }
    }

    /** Half an ulp of the sum of magnitudes for each step of the longest chain. */
    private double bound(Matrix w, int row, F32 x, long at) {
        double magnitudes = 0;
        for (int k = 0; k < w.cols(); k++) {
            double bias = bias(w, row, k);
            double weight = Math.abs(PlainMatMul.element(w, row, k) - bias) + Math.abs(bias);
            magnitudes += weight * Math.abs(x.get(at + k));
        }
        return 1.01 * steps(w) * 0x1p-24 * magnitudes + Float.MIN_NORMAL;
    }

    private static double bias(Matrix w, int row, int column) {
        return w instanceof Matrix.AffineGroups groups
                ? Widen.at(groups.scaleType(), groups.biases(), ((long) row * w.cols() + column) / groups.group())
                : 0;
    }

    /** A read of the page behind would end the process. */
    @ParameterizedTest
    @MethodSource("forms")
    void nothingIsReadBehindTheMatrix(Form form, @TempDir Path folder) throws IOException {
        if (matMul.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            check(matMul.get(), arena, MatrixSamples.atTheEndOfAFile(arena, form, folder, random));
        }
    }

    /** One column, so a product is the weight times a number that rounds to itself: exact for every code but NaN, which stays. */
    @ParameterizedTest
    @MethodSource("forms")
    void everyCodeIsUnpackedExactly(Form form) {
        matMul.filter(_ -> form.bits() > 0 || form.type() == Dtype.F8_E4M3).ifPresent(products -> {
            try (Arena arena = Arena.ofConfined()) {
                int cols = Math.max(1, form.group());
                MemorySegment codes = arena.allocate(form.dataBytes(256, cols), 4);
                for (long i = 0; i < codes.byteSize(); i++) {
                    codes.set(ValueLayout.JAVA_BYTE, i, (byte) (i % cols == 0 || cols == 1 ? i / cols : i * 7));
                }
                Matrix w = ones(arena, form, cols, codes);
                F32 x = F32.allocate(arena, cols);
                Rows y = Rows.of(F32.allocate(arena, 256), 256);
                F32 row = F32.allocate(arena, cols);
                F32 scratch = F32.allocate(arena, MatMul.scratch(cols));
                for (int k = 0; k < cols; k++) {
                    x.set(k, one);
                    products.multiply(w, Rows.of(x, cols), 0, y, 0, 1, 0, 256, scratch);
                    x.set(k, 0);
                    for (int r = 0; r < 256; r++) {
                        plain.row(w, r, row, 0);
                        boolean rest = IntStream.range(0, cols).anyMatch(other -> Float.isNaN(row.get(other)));
                        assertThat(y.data().get(r))
                                .as("row %d, column %d", r, k)
                                .matches(same(rest ? Float.NaN : one * row.get(k)));
                    }
                }
            }
        });
    }

    /** Zeros of either sign are one number here: a sum begins with zero. */
    static Predicate<Float> same(float expected) {
        return found -> found == expected || Float.isNaN(found) && Float.isNaN(expected);
    }

    private static Matrix ones(Arena arena, Form form, int cols, MemorySegment codes) {
        if (form.bits() == 0) {
            return new Matrix.Fp8Blocks(256, cols, codes, F32.copyOf(arena, 1, 1));
        }
        float[] ones = new float[256];
        Arrays.fill(ones, 1);
        MemorySegment scales = F32.copyOf(arena, ones).segment();
        MemorySegment biases = F32.allocate(arena, 256).segment();
        return new Matrix.AffineGroups(256, cols, form.bits(), cols, codes, Dtype.F32, scales, biases);
    }

    @Test
    void otherFormsAreMultipliedExactly() {
        if (matMul.isEmpty()) {
            return;
        }
        assertThat(Kernels.inC(tier).name()).isEqualTo(Kernels.best().name() + "+" + tier.label());
        assertThat(Kernels.inC(tier).exactMatMul())
                .hasSameClassAs(Kernels.best().matMul());
        try (Arena arena = Arena.ofConfined()) {
            List<Matrix> others = MatrixSamples.FORMS.stream()
                    .filter(form -> form.group() == 0)
                    .map(form -> MatrixSamples.random(arena, form, 13, 207, 0, random))
                    .filter(w -> !tier.takes(w))
                    .toList();
            assertThat(others).isNotEmpty();
            for (Matrix w : others) {
                Rows x = MatrixSamples.activations(arena, 3, 207, random);
                Rows y = Rows.of(F32.allocate(arena, 39), 13);
                Rows exact = Rows.of(F32.allocate(arena, 39), 13);
                F32 scratch = F32.allocate(arena, MatMul.scratch(207));
                matMul.get().multiply(w, x, 0, y, 0, 3, 0, 13, scratch);
                Kernels.best().matMul().multiply(w, x, 0, exact, 0, 3, 0, 13, scratch);
                assertThat(y.data().toArray(0, 39)).containsExactly(exact.data().toArray(0, 39));
            }
        }
    }

    @Test
    void operandsAreCheckedBeforeTheCall() {
        matMul.ifPresent(products -> {
            try (Arena arena = Arena.ofConfined()) {
                Matrix w = MatrixSamples.random(arena, new Form(Dtype.F32, 4, 32), 4, 32, 0, random);
                Rows x = Rows.of(F32.allocate(arena, 64), 32);
                Rows y = Rows.of(F32.allocate(arena, 8), 4);
                F32 scratch = F32.allocate(arena, MatMul.scratch(32));
                assertThatThrownBy(() -> products.multiply(w, x, 0, y, 0, 1, 0, 5, scratch))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> products.multiply(w, x, 1, y, 0, 2, 0, 4, scratch))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> products.multiply(w, x, 0, y, 0, 1, 0, 4, F32.allocate(arena, 32)))
                        .isInstanceOf(IndexOutOfBoundsException.class);
            }
        });
    }
}
