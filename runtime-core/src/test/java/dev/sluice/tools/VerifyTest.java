package dev.sluice.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ModelNotFoundException;
import dev.sluice.kernels.Dtype;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
    private static final String NO_TOKENIZER = "no tokenizer.json";

    @TempDir
    Path temp;

    @Test
    void theEmbeddedModelIsSound() {
        List<Long> heard = new ArrayList<>();
        Verify.Report report = Verify.check(Fixtures.embeddedModel(), (bytes, total) -> {
            heard.add(bytes);
            assertThat(total).isGreaterThanOrEqualTo(bytes);
        });
        assertThat(report.faults()).isEmpty();
        assertThat(report.warnings()).isEmpty();
        assertThat(report.sound()).isTrue();
        assertThat(report.tensors()).isGreaterThan(100);
        assertThat(heard).isSorted().last().isEqualTo(report.bytes());
    }

    @Test
    void goldenFoldersLackTheirTokenizerAndNothingElse() {
        for (Fixtures.Case golden : Fixtures.cases()) {
            assertThat(Verify.check(golden.model(), (_, _) -> {}).faults())
                    .as(golden.name())
                    .singleElement()
                    .asString()
                    .contains(NO_TOKENIZER);
        }
    }

    @Test
    void everyFaultIsListed() {
        ModelCopy copy = ModelCopy.of(Fixtures.golden("qwen3-next-mtp").model())
                .remove("model.layers.2.linear_attn.dt_bias")
                .remove("model.layers.0.mlp.experts.0.up_proj.weight")
                .put("model.layers.3.self_attn.q_proj.weight", Dtype.BF16, 128, 56)
                .put("model.norm.weight", Dtype.I32, 56);
        for (int i = 0; i < 6; i++) {
            copy.put("stray." + i, Dtype.F32, 2, 3);
        }
        set(copy, "model.layers.1.input_layernorm.weight", 10, 0xC0, 0x7F);
        List<String> faults = faults(copy);
        assertThat(faults)
                .anyMatch(fault -> fault.contains("dt_bias is missing"))
                .anyMatch(fault -> fault.contains("experts.0.up_proj.weight is missing"))
                .anyMatch(fault -> fault.contains("q_proj.weight has shape [128, 56]"))
                .anyMatch(fault -> fault.contains("model.norm.weight is I32"))
                .anyMatch(fault -> fault.contains("6 tensors have no place"))
                .anyMatch(fault -> fault.contains("stray.5"))
                .anyMatch(fault -> fault.contains("input_layernorm.weight BF16 [56] holds 1 value that is not finite")
                        && fault.contains("element 5"));
        // two leftovers are named by themselves behind the first four
        assertThat(faults).hasSize(8);
    }

    @Test
    void valuesOfEveryFormAreScanned() {
        String module = "model.layers.0.linear_attn.in_proj_qkvz";
        ModelCopy fp8 = ModelCopy.of(Fixtures.golden("qwen3-next-fp8").model());
        set(fp8, module + ".weight", 1001, 0xFF);
        set(fp8, module + ".weight", 70_000, 0x7F);
        set(fp8, module + ".weight_scale_inv", 2, 0x80, 0x7F); // infinity in BF16
        set(fp8, "model.layers.1.input_layernorm.weight", 318, 0x80, 0xFF);
        assertThat(faults(fp8))
                .hasSize(3)
                .anyMatch(fault -> fault.contains("in_proj_qkvz.weight F8_E4M3 [448, 160] holds 2 NaN codes")
                        && fault.contains("element 1,001"))
                .anyMatch(fault -> fault.contains("weight_scale_inv") && fault.contains("element 1"))
                .anyMatch(fault -> fault.contains("input_layernorm") && fault.contains("element 159"));

        ModelCopy half = ModelCopy.of(Fixtures.golden("qwen3-dense-tied").model());
        set(half, "model.norm.weight", 0, 0x00, 0xFC);
        assertThat(faults(half)).singleElement().asString().contains("model.norm.weight F16", "element 0");

        ModelCopy mlx = ModelCopy.of(Fixtures.golden("mlx-4bit-g64").model());
        set(mlx, "model.embed_tokens.weight", 0, 0xFF, 0xFF, 0xFF, 0xFF); // codes have no NaN
        set(mlx, "model.embed_tokens.biases", 6, 0xC0, 0x7F);
        assertThat(faults(mlx)).singleElement().asString().contains("model.embed_tokens.biases", "element 3");
    }

    @Test
    void aTensorLongerThanAPieceIsScannedToItsEnd() throws IOException {
        ModelCopy copy = ModelCopy.of(Fixtures.golden("qwen3-dense").model());
        copy.put("stray", Dtype.F32, 2_500_001);
        Path folder = copy.write(temp.resolve("long"));
        try (FileChannel channel = FileChannel.open(
                folder.resolve("model.safetensors"), StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            ByteBuffer nan =
                    ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, Float.NaN);
            channel.write(nan, channel.size() - 4);
        }
        assertThat(Verify.check(folder, (_, _) -> {}).faults())
                .anyMatch(fault ->
                        fault.contains("tensor stray F32 [2500001] holds 1") && fault.contains("element 2,500,000"));
    }

    @Test
    void damagedFilesDoNotHideOneAnother() throws IOException {
        Path folder = temp.resolve("shards");
        Files.createDirectories(folder);
        Path golden = Fixtures.golden("qwen3-next-r2").model();
        for (String name : List.of(
                "config.json",
                "model.safetensors.index.json",
                "model-00001-of-00003.safetensors",
                "model-00003-of-00003.safetensors")) {
            Files.copy(golden.resolve(name), folder.resolve(name));
        }
        try (FileChannel third =
                FileChannel.open(folder.resolve("model-00003-of-00003.safetensors"), StandardOpenOption.WRITE)) {
            third.truncate(third.size() - 1);
        }
        Files.writeString(folder.resolve("tokenizer.json"), "{");
        Files.writeString(folder.resolve("chat_template.jinja"), "{% if %}");
        Files.writeString(folder.resolve("generation_config.json"), "{\"temperature\": \"hot\"}");
        Verify.Report report = Verify.check(folder, (_, _) -> {});
        assertThat(report.files()).isEqualTo(1);
        assertThat(report.faults())
                .anyMatch(fault -> fault.contains("shard model-00002-of-00003.safetensors"))
                .anyMatch(fault -> fault.contains("model-00003-of-00003.safetensors: tensor"))
                .anyMatch(fault -> fault.contains("tokenizer.json"))
                .anyMatch(fault -> fault.contains("chat_template.jinja"))
                .anyMatch(fault -> fault.contains("temperature"));
    }

    @Test
    void aFolderThatIsNotThere() {
        assertThatThrownBy(() -> Verify.check(temp.resolve("nowhere"), (_, _) -> {}))
                .isInstanceOf(ModelNotFoundException.class);
        assertThat(Verify.check(temp, (_, _) -> {}).faults())
                .anyMatch(fault -> fault.contains("no weights"))
                .anyMatch(fault -> fault.contains("no config.json"));
    }

    private static void set(ModelCopy copy, String tensor, int at, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            copy.tensor(tensor).bytes()[at + i] = (byte) bytes[i];
        }
    }

    /** Beside the tokenizer that golden folders do not have. */
    private List<String> faults(ModelCopy copy) {
        return Verify.check(copy.write(temp.resolve("model")), (_, _) -> {}).faults().stream()
                .filter(fault -> !fault.contains(NO_TOKENIZER))
                .toList();
    }
}
