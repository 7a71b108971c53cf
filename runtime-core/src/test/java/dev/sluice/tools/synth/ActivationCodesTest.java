package dev.sluice.tools.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.reference.Widen;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.Weights;
import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.testing.Fixtures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The FP8 cases' product with quantised activations ({@code w8a8.*}). Sluice multiplies FP8 weights with f32 activations;
 * given the activations that the codes stand for it must give that product, and its encoder those codes.
 */
class ActivationCodesTest {
    private static final int GROUP = 128;

    static Stream<Fixtures.Case> cases() {
        return Fixtures.cases().stream().filter(golden -> golden.expected().has("w8a8.y"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void codesAndScalesOfAnActivation(Fixtures.Case golden) {
        NamedArrays expected = golden.expected();
        int width = expected.shape("w8a8.x")[1];
        float[] x = expected.floats("w8a8.x");
        float[] scales = expected.floats("w8a8.scales");
        byte[] codes = new byte[x.length];
        int next = 0;
        for (int row = 0; row < x.length / width; row++) {
            for (int from = 0; from < width; from += GROUP) {
                int at = row * width + from;
                int count = Math.min(GROUP, width - from);
                double largest = 1e-10;
                for (int i = at; i < at + count; i++) {
                    largest = Math.max(largest, Math.abs(x[i]));
                }
                double scale = largest / 448;
                assertThat((double) scales[next]).isCloseTo(scale, Offset.offset(scale * 1e-7));
                for (int i = at; i < at + count; i++) {
                    codes[i] = NormalCodes.e4m3((float) (x[i] / scale));
                }
                next++;
            }
        }
        assertThat(next).isEqualTo(scales.length);
        assertThat(codes).isEqualTo(expected.bytes("w8a8.codes"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theProductOfCodesAndWeights(Fixtures.Case golden) {
        NamedArrays expected = golden.expected();
        float[] wanted = expected.floats("w8a8.y");
        float largest = 0;
        for (float value : wanted) {
            largest = Math.max(largest, Math.abs(value));
        }
        try (LoadedModel model = ModelFolder.open(golden.model(), LoadOptions.DEFAULTS);
                Arena arena = Arena.ofConfined()) {
            Matrix w = firstProjection(model);
            Rows x = Rows.of(F32.copyOf(arena, activations(arena, expected)), w.cols());
            int tokens = expected.shape("w8a8.x")[0];
            assertThat(wanted).hasSize(tokens * w.rows());
            F32 scratch = F32.allocate(arena, MatMul.scratch(w.cols()));
            for (Kernels kernels : List.of(Kernels.plain(), Kernels.vector())) {
                Rows y = Rows.of(F32.allocate(arena, wanted.length), w.rows());
                kernels.matMul().multiply(w, x, 0, y, 0, tokens, 0, w.rows(), scratch);
                float[] found = y.data().toArray(0, wanted.length);
                double worst = 0;
                for (int i = 0; i < wanted.length; i++) {
                    worst = Math.max(worst, Math.abs((double) wanted[i] - found[i]));
                }
                // sums of 160 products in f32
                assertThat(worst).as(kernels.name()).isLessThan(1e-6 * largest);
                System.out.printf("w8a8 %s %s: %.1e of %.1e%n", golden, kernels.name(), worst, largest);
            }
        }
    }

    private static float[] activations(Arena arena, NamedArrays expected) {
        byte[] codes = expected.bytes("w8a8.codes");
        float[] scales = expected.floats("w8a8.scales");
        int width = expected.shape("w8a8.x")[1];
        int groups = expected.shape("w8a8.scales")[1];
        MemorySegment stored = arena.allocate(codes.length);
        stored.copyFrom(MemorySegment.ofArray(codes));
        float[] out = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            float scale = scales[i / width * groups + i % width / GROUP];
            out[i] = Widen.at(Dtype.F8_E4M3, stored, i) * scale;
        }
        return out;
    }

    /** The module that both cases name: the first projection of layer 0. */
    private static Matrix firstProjection(LoadedModel model) {
        Weights.DeltaNet mixer =
                (Weights.DeltaNet) model.weights().layers().getFirst().mixer();
        return mixer.in().getFirst().matrix();
    }
}
