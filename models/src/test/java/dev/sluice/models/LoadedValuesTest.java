package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Matrix;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loaded tensors against the bytes of the file, decoded here a second time. */
class LoadedValuesTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-next-mtp", "qwen3-next-fp8", "mlx-4bit-g64", "qwen3-5-dense"})
    void progressGoesUpToAllTensors(String name) {
        Path folder = Fixtures.golden(name).model();
        List<Long> counts = new ArrayList<>();
        long tensors =
                ModelFolder.inspect(folder, LoadOptions.DEFAULTS).tensors().size();
        ModelFolder.open(folder, LoadOptions.DEFAULTS, (count, of) -> {
                    assertThat(of).isEqualTo(tensors);
                    counts.add(count);
                })
                .close();
        assertThat(counts).isSorted().endsWith(tensors).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-next-r3", "qwen3-next-mtp"})
    void zeroCentredNormsAreFoldedAndTheDeltaNormIsNot(String name) {
        Fixtures.Case golden = Fixtures.golden(name);
        ModelCopy file = ModelCopy.of(golden.model());
        try (LoadedModel model = ModelFolder.open(golden.model(), LoadOptions.DEFAULTS)) {
            Weights weights = model.weights();
            equal(weights.finalNorm(), plus(1, decode(file, "model.norm.weight")));
            for (int i = 0; i < weights.layers().size(); i++) {
                Weights.Layer layer = weights.layers().get(i);
                String prefix = "model.layers." + i + ".";
                equal(layer.inputNorm(), plus(1, decode(file, prefix + "input_layernorm.weight")));
                equal(layer.postNorm(), plus(1, decode(file, prefix + "post_attention_layernorm.weight")));
                switch (layer.mixer()) {
                    case Weights.FullAttention attention -> {
                        equal(attention.queryNorm(), plus(1, decode(file, prefix + "self_attn.q_norm.weight")));
                        equal(attention.keyNorm(), plus(1, decode(file, prefix + "self_attn.k_norm.weight")));
                    }
                    case Weights.DeltaNet delta -> deltaNet(file, prefix + "linear_attn.", delta);
                }
            }
            Weights.Mtp mtp = weights.mtp();
            assertThat(mtp == null).isEqualTo(name.equals("qwen3-next-r3"));
            if (mtp != null) {
                equal(mtp.embeddingNorm(), plus(1, decode(file, "mtp.pre_fc_norm_embedding.weight")));
                equal(mtp.hiddenNorm(), plus(1, decode(file, "mtp.pre_fc_norm_hidden.weight")));
                equal(mtp.norm(), plus(1, decode(file, "mtp.norm.weight")));
                assertThat(mtp.projection().cols()).isEqualTo(112);
            }
        }
    }

    private static void deltaNet(ModelCopy file, String prefix, Weights.DeltaNet delta) {
        equal(delta.norm(), decode(file, prefix + "norm.weight"));
        equal(delta.dtBias(), decode(file, prefix + "dt_bias"));
        float[] negA = decode(file, prefix + "A_log");
        for (int i = 0; i < negA.length; i++) {
            negA[i] = (float) -Math.exp(negA[i]);
        }
        equal(delta.negA(), negA);
        float[] stored = decode(file, prefix + "conv1d.weight");
        float[] transposed = new float[stored.length];
        int channels = stored.length / 4;
        for (int i = 0; i < stored.length; i++) {
            transposed[i % 4 * channels + i / 4] = stored[i];
        }
        equal(delta.conv(), transposed);
    }

    @Test
    void plainNormsStayAsTheyAre() {
        for (String name : List.of("qwen3-dense", "qwen3-dense-tied", "qwen3-moe")) {
            Fixtures.Case golden = Fixtures.golden(name);
            ModelCopy file = ModelCopy.of(golden.model());
            try (LoadedModel model = ModelFolder.open(golden.model(), LoadOptions.DEFAULTS)) {
                equal(model.weights().finalNorm(), decode(file, "model.norm.weight"));
                Weights.FullAttention first = (Weights.FullAttention)
                        model.weights().layers().getFirst().mixer();
                equal(first.keyNorm(), decode(file, "model.layers.0.self_attn.k_norm.weight"));
            }
        }
    }

    @Test
    void mlxFilesHoldFoldedNormsAndAnotherConvolution() {
        Fixtures.Case golden = Fixtures.golden("mlx-8bit-g64");
        ModelCopy file = ModelCopy.of(golden.model());
        try (LoadedModel model = ModelFolder.open(golden.model(), LoadOptions.DEFAULTS)) {
            equal(model.weights().finalNorm(), decode(file, "model.norm.weight"));
            Weights.Layer layer = model.weights().layers().getFirst();
            deltaNet(file, "model.layers.0.linear_attn.", (Weights.DeltaNet) layer.mixer());
            Weights.MoeMlp moe = (Weights.MoeMlp) layer.mlp();
            Matrix.AffineGroups router = (Matrix.AffineGroups) moe.router();
            assertThat(List.of(router.bits(), router.group())).containsExactly(8, 64);
            Matrix.AffineGroups down =
                    (Matrix.AffineGroups) moe.experts().get(2).down();
            byte[] stack = file.tensor("model.layers.0.mlp.switch_mlp.down_proj.weight")
                    .bytes();
            assertThat(down.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(third(stack));
            byte[] scales = file.tensor("model.layers.0.mlp.switch_mlp.down_proj.scales")
                    .bytes();
            assertThat(down.scales().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(third(scales));
        }
    }

    private static byte[] third(byte[] three) {
        return Arrays.copyOfRange(three, three.length / 3 * 2, three.length);
    }

    @Test
    void fp8ScalesAreWidenedWhateverTheirType() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-fp8");
        ModelCopy file = ModelCopy.of(golden.model());
        String module = "model.layers.0.linear_attn.in_proj_qkvz";
        float[] expected = decode(file, module + ".weight_scale_inv");
        byte[] codes = file.tensor(module + ".weight").bytes();
        ByteBuffer wide = ByteBuffer.allocate(4 * expected.length).order(ByteOrder.LITTLE_ENDIAN);
        wide.asFloatBuffer().put(expected);
        file.tensors()
                .put(module + ".weight_scale_inv", new ModelCopy.Tensor(Dtype.F32, List.of(4L, 2L), wide.array()));
        for (Path folder : List.of(golden.model(), file.write(temp.resolve("f32-scales")))) {
            try (LoadedModel model = ModelFolder.open(folder, LoadOptions.DEFAULTS)) {
                Weights.DeltaNet delta =
                        (Weights.DeltaNet) model.weights().layers().getFirst().mixer();
                Matrix.Fp8Blocks matrix =
                        (Matrix.Fp8Blocks) delta.in().getFirst().matrix();
                equal(matrix.scales(), expected);
                assertThat(matrix.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(codes);
            }
        }
    }

    @Test
    void fusedExpertsAreGateThenUp() {
        Fixtures.Case golden = Fixtures.golden("qwen3-5-moe");
        ModelCopy file = ModelCopy.of(golden.model());
        byte[] fused = file.tensor("model.language_model.layers.1.mlp.experts.gate_up_proj")
                .bytes();
        byte[] down = file.tensor("model.language_model.layers.1.mlp.experts.down_proj")
                .bytes();
        int half = 24 * 64 * 2;
        try (LoadedModel model = ModelFolder.open(golden.model(), LoadOptions.DEFAULTS)) {
            Weights.MoeMlp moe =
                    (Weights.MoeMlp) model.weights().layers().get(1).mlp();
            assertThat(moe.experts()).hasSize(6);
            Weights.DenseMlp expert = moe.experts().get(4);
            assertThat(expert.gate().data().toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(Arrays.copyOfRange(fused, 8 * half, 9 * half));
            assertThat(expert.up().data().toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(Arrays.copyOfRange(fused, 9 * half, 10 * half));
            assertThat(expert.down().data().toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(Arrays.copyOfRange(down, 4 * half, 5 * half));
            assertThat(expert.down().rows()).isEqualTo(64);
        }
    }

    @Test
    void smallTensorsMayHaveAnyFloatingType() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-mtp");
        ModelCopy file = ModelCopy.of(golden.model());
        String name = "model.layers.0.linear_attn.A_log";
        float[] values = {0.5f, -1.25f, 2f, 0f};
        ByteBuffer f32 = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer f16 = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer bf16 = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            f32.putFloat(value);
            f16.putShort(Float.floatToFloat16(value));
            bf16.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
        for (ModelCopy.Tensor tensor : List.of(
                new ModelCopy.Tensor(Dtype.F32, List.of(4L), f32.array()),
                new ModelCopy.Tensor(Dtype.F16, List.of(4L), f16.array()),
                new ModelCopy.Tensor(Dtype.BF16, List.of(4L), bf16.array()))) {
            file.tensors().put(name, tensor);
            try (LoadedModel model = ModelFolder.open(file.write(temp.resolve("m")), LoadOptions.DEFAULTS)) {
                Weights.DeltaNet delta =
                        (Weights.DeltaNet) model.weights().layers().getFirst().mixer();
                for (int i = 0; i < 4; i++) {
                    assertThat(delta.negA().get(i)).isEqualTo((float) -Math.exp(values[i]));
                }
            }
        }
    }

    private static void equal(F32 loaded, float[] expected) {
        assertThat(loaded.toArray(0, (int) loaded.size())).containsExactly(expected);
    }

    private static float[] plus(float one, float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = one + values[i];
        }
        return values;
    }

    /** Elements of a BF16 or F16 or F32 tensor. */
    private static float[] decode(ModelCopy file, String name) {
        ModelCopy.Tensor tensor = file.tensor(name);
        ByteBuffer bytes = ByteBuffer.wrap(tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        int size = tensor.bytes().length * 8 / tensor.type().bits();
        float[] out = new float[size];
        for (int i = 0; i < size; i++) {
            out[i] = switch (tensor.type()) {
                case F32 -> bytes.getFloat();
                case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
                case F16 -> Float.float16ToFloat(bytes.getShort());
                default -> throw new IllegalArgumentException(name + " is " + tensor.type());
            };
        }
        return out;
    }
}
