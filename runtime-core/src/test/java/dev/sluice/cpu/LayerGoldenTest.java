package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture;
import dev.sluice.models.Architecture.LayerSpec;
import dev.sluice.models.Architecture.MixerSpec;
import dev.sluice.models.Architecture.MlpSpec;
import dev.sluice.models.Architecture.RopeSpec;
import dev.sluice.models.Weights;
import dev.sluice.models.Weights.DeltaLayout;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The layers against the float64 vectors of {@code spec/model.md} §3.14; no file involved. */
class LayerGoldenTest {
    private static final double TOLERANCE = 2e-6;

    private final Arena arena = Arena.ofShared();
    private final ThreadTeam team = ThreadTeam.of(2);
    private final List<CpuSequence> sequences = new ArrayList<>();

    @AfterEach
    void close() {
        sequences.forEach(CpuSequence::close);
        team.close();
        arena.close();
    }

    /** {@code scale * sin(1 + 0.7 i + 1.3 seed)}, the generator of the vectors. */
    private static float[] wave(int n, int seed, double scale) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) (scale * Math.sin(1 + 0.7 * i + 1.3 * seed));
        }
        return out;
    }

    private F32 vector(float... values) {
        return F32.copyOf(arena, values);
    }

    private F32 onePlus(float... values) {
        float[] out = values.clone();
        for (int i = 0; i < out.length; i++) {
            out[i] += 1;
        }
        return vector(out);
    }

    private Matrix matrix(int rows, float... values) {
        return new Matrix.Dense(
                Dtype.F32, rows, values.length / rows, vector(values).segment());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deltaNetLayer(boolean interleaved) {
        var spec = new MixerSpec.GatedDeltaNet(2, 4, 4, 4, 4);
        float[] qkv = wave(192, 12, 0.6);
        float[] z = wave(96, 13, 0.6);
        float[] b = wave(24, 14, 0.6);
        float[] a = wave(24, 15, 0.6);
        float[] conv = new float[128];
        float[] byChannel = wave(128, 16, 0.8);
        for (int channel = 0; channel < 32; channel++) {
            for (int tap = 0; tap < 4; tap++) {
                conv[tap * 32 + channel] = byChannel[channel * 4 + tap];
            }
        }
        float[] negA = wave(4, 17, 1);
        for (int i = 0; i < negA.length; i++) {
            negA[i] = (float) -Math.exp(negA[i]);
        }
        Rig rig = new Rig(6, spec, new MlpSpec.Dense(1), rope(2));
        Mixer mixer = rig.blocks.mixer(
                0,
                spec,
                new Weights.DeltaNet(
                        interleaved ? interleaved(qkv, z, b, a) : flat(qkv, z, b, a),
                        56,
                        interleaved
                                ? new DeltaLayout(
                                        ints(0, 24),
                                        ints(4, 28),
                                        ints(8, 12, 32, 36),
                                        ints(16, 20, 40, 44),
                                        ints(48, 49, 52, 53),
                                        ints(50, 51, 54, 55))
                                : new DeltaLayout(
                                        ints(0, 4),
                                        ints(8, 12),
                                        ints(16, 20, 24, 28),
                                        ints(32, 36, 40, 44),
                                        ints(48, 49, 50, 51),
                                        ints(52, 53, 54, 55)),
                        vector(conv),
                        vector(negA),
                        vector(wave(4, 18, 0.5)),
                        onePlus(wave(4, 19, 0.3)),
                        matrix(6, wave(96, 20, 0.4))));
        float[] expected = {
            -1.23202740f,
            -1.10636549f,
            0.78283225f,
            1.42420300f,
            -0.20459198f,
            -1.50726933f,
            -0.47761228f,
            0.26318601f,
            0.58446837f,
            -0.02588617f,
            -0.59497840f,
            -0.21568085f,
            1.78619253f,
            0.45610055f,
            -1.60101127f,
            -1.10612670f,
            1.15191307f,
            1.57381461f,
            -1.07294171f,
            -0.73555704f,
            0.77429840f,
            1.04992972f,
            -0.34801672f,
            -1.19122789f,
            2.14548948f,
            3.22980010f,
            -0.83415923f,
            -3.56847686f,
            -0.61467709f,
            3.31891198f
        };

        assertThat(rig.run(mixer::forward, wave(30, 11, 1), 3, 5)).containsExactly(expected, within(TOLERANCE));
        assertThat(rig.sequence.recurrent(0).recurrent().toArray(48, 4))
                .containsExactly(new float[] {-0.20452901f, -0.04351413f, 0.11283757f, 0.11694850f}, within(TOLERANCE));
        assertThat(rig.sequence.recurrent(0).conv().toArray(64, 4))
                .containsExactly(new float[] {-1.90560856f, 0.94094088f, 0.98299567f, -1.90478940f}, within(TOLERANCE));
    }

    private List<Weights.Projection> flat(float[] qkv, float[] z, float[] b, float[] a) {
        return List.of(
                new Weights.Projection(matrix(32, qkv), 0),
                new Weights.Projection(matrix(16, z), 32),
                new Weights.Projection(matrix(4, b), 48),
                new Weights.Projection(matrix(4, a), 52));
    }

    /** The same matrices in the order of Qwen3-Next: q, k, v, z of a key head together, b and a likewise. */
    private List<Weights.Projection> interleaved(float[] qkv, float[] z, float[] b, float[] a) {
        float[] qkvz = new float[288];
        float[] ba = new float[48];
        for (int head = 0; head < 2; head++) {
            int at = head * 24 * 6;
            System.arraycopy(qkv, head * 4 * 6, qkvz, at, 24);
            System.arraycopy(qkv, (8 + head * 4) * 6, qkvz, at + 24, 24);
            System.arraycopy(qkv, (16 + head * 8) * 6, qkvz, at + 48, 48);
            System.arraycopy(z, head * 8 * 6, qkvz, at + 96, 48);
            System.arraycopy(b, head * 12, ba, head * 24, 12);
            System.arraycopy(a, head * 12, ba, head * 24 + 12, 12);
        }
        return List.of(new Weights.Projection(matrix(48, qkvz), 0), new Weights.Projection(matrix(8, ba), 48));
    }

    private static int[] ints(int... values) {
        return values;
    }

    @Test
    void gatedAttentionLayer() {
        var spec = new MixerSpec.FullAttention(4, 2, 8, true);
        Rig rig = new Rig(6, spec, new MlpSpec.Dense(1), rope(4));
        Mixer mixer = rig.blocks.mixer(
                0,
                spec,
                new Weights.FullAttention(
                        matrix(64, wave(384, 32, 0.5)),
                        matrix(16, wave(96, 33, 0.5)),
                        matrix(16, wave(96, 34, 0.5)),
                        matrix(6, wave(192, 35, 0.3)),
                        onePlus(wave(8, 36, 0.3)),
                        onePlus(wave(8, 37, 0.3))));
        float[] expected = {
            -0.36625355f,
            0.29731442f,
            -0.17936482f,
            0.03184803f,
            0.12091872f,
            -0.25375275f,
            -0.41424179f,
            0.39472968f,
            -0.31014879f,
            0.17444177f,
            -0.00997908f,
            -0.15612859f,
            -0.05402197f,
            0.06019440f,
            -0.05644414f,
            0.04338942f,
            -0.02318221f,
            -0.00084644f,
            0.01840232f,
            0.01064410f,
            -0.03793591f,
            0.05897422f,
            -0.07029099f,
            0.07002071f
        };

        assertThat(rig.run(mixer::forward, wave(24, 31, 1), 1, 4)).containsExactly(expected, within(TOLERANCE));
    }

    @Test
    void mixtureOfExperts() {
        var spec = new MlpSpec.SparseMoe(6, 2, 3, 4, true);
        Rig rig = new Rig(5, new MixerSpec.FullAttention(1, 1, 4, false), spec, rope(4));
        float[] gateUp = wave(180, 43, 0.7);
        float[] down = wave(90, 44, 0.7);
        List<Weights.DenseMlp> experts = new ArrayList<>();
        for (int e = 0; e < 6; e++) {
            experts.add(new Weights.DenseMlp(
                    matrix(3, Arrays.copyOfRange(gateUp, e * 30, e * 30 + 15)),
                    matrix(3, Arrays.copyOfRange(gateUp, e * 30 + 15, e * 30 + 30)),
                    matrix(5, Arrays.copyOfRange(down, e * 15, e * 15 + 15))));
        }
        Mlp mlp = rig.blocks.mlp(
                0,
                spec,
                new Weights.MoeMlp(
                        matrix(6, wave(30, 42, 1)),
                        experts,
                        new Weights.DenseMlp(
                                matrix(4, wave(20, 45, 0.7)),
                                matrix(4, wave(20, 46, 0.7)),
                                matrix(5, wave(20, 47, 0.7))),
                        matrix(1, wave(5, 48, 1))));
        float[] expected = {
            -0.56340783f,
            0.48762341f,
            0.06131916f,
            -0.49627683f,
            0.34914117f,
            0.75313473f,
            -0.51306010f,
            0.42650116f,
            -0.14511247f,
            -0.51280318f
        };

        assertThat(rig.run(mlp::forward, wave(10, 41, 1), 2)).containsExactly(expected, within(TOLERANCE));
    }

    private static RopeSpec rope(int rotaryDim) {
        return new RopeSpec(10_000, rotaryDim, null);
    }

    private static Offset<Float> within(double tolerance) {
        return Offset.offset((float) tolerance);
    }

    /** One layer's surroundings and one sequence. */
    private final class Rig {
        private final Blocks blocks;
        private final CpuSequence sequence;
        private final int hidden;

        private Rig(int hidden, MixerSpec mixer, MlpSpec mlp, RopeSpec rope) {
            this.hidden = hidden;
            Architecture architecture = new Architecture(
                    "test", hidden, 8, 64, 1e-6f, false, rope, List.of(new LayerSpec(mixer, mlp)), null);
            Workers workers = new Workers(
                    Kernels.plain(), team, arena, Scratch.floats(architecture), new ExpertPages(PageAdvice.NONE));
            RopeTable table = new RopeTable(arena, architecture.rope());
            CpuOptions options = new CpuOptions(Dtype.F32, 8, 64);
            blocks = new Blocks(architecture, workers, table, arena, 8);
            sequence = new Sequences(architecture, options, table, workers, new Guard(), arena).create();
            sequences.add(sequence);
        }

        /** Runs a part of the layer on the rows of {@code x}, in chunks that end at {@code ends}. */
        private float[] run(Consumer<Pass> part, float[] x, int... ends) {
            float[] out = new float[x.length];
            Pass pass = blocks.pass();
            int from = 0;
            for (int end : ends) {
                sequence.extend(0, 1, from, end - from);
                pass.begin(null);
                pass.add(sequence, end - from, from, false);
                Rows in = pass.input();
                for (int row = from; row < end; row++) {
                    for (int i = 0; i < hidden; i++) {
                        in.data().set(in.row(row - from) + i, x[row * hidden + i]);
                    }
                }
                part.accept(pass);
                Rows result = pass.output();
                for (int row = from; row < end; row++) {
                    float[] values = result.data().toArray(result.row(row - from), hidden);
                    System.arraycopy(values, 0, out, row * hidden, hidden);
                }
                from = end;
            }
            return out;
        }
    }
}
