package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidModelException;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders whose parts contradict one another: each is refused by name, by a load and by a check alike. */
class BadInputTest {
    @TempDir
    Path temp;

    @Test
    void aConfigurationThatPromisesWhatTheTensorsDoNotHave() {
        refuses(
                copy("qwen3-dense")
                        .addKeys("\"quantization_config\": {\"quant_method\": \"fp8\","
                                + " \"weight_block_size\": [128, 128]}"),
                "config.json says that the weights are quantised (quant_method fp8), but no tensor is",
                "remove the key or fetch the right weights");
        refuses(
                copy("qwen3-dense").addKeys("\"quantization\": {\"group_size\": 64, \"bits\": 4}"),
                "config.json says that the weights are quantised (MLX quantization), but no tensor is");
        refuses( // its convolution lies the other way round, which must not be what is said
                copy("qwen3-next-mtp").addKeys("\"quantization\": {\"group_size\": 64, \"bits\": 4}"),
                "config.json says that the weights are quantised (MLX quantization), but no tensor is");
    }

    @Test
    void bitsAndGroupsOtherThanStored() {
        refuses(
                copy("mlx-4bit-g64").replace("\"bits\": 4", "\"bits\": 8"),
                "embed_tokens.weight has shape [224, 16]; config.json implies [224, 32] for 128 columns in codes of 8 bits");
        refuses(
                copy("mlx-4bit-g64").replace("\"group_size\": 64", "\"group_size\": 32"),
                "embed_tokens.scales has shape [224, 2]; config.json implies [224, 4] for 128 columns in groups of 32");
    }

    @Test
    void tensorsThatTheConfigurationDoesNotPromise() {
        refuses(
                copy("qwen3-5-moe-fp8").replace("\"quantization_config\"", "\"was\""),
                "is F8_E4M3, but config.json has no quantization_config with quant_method fp8");
        refuses(
                copy("mlx-8bit-g64")
                        .replace("\"quantization\"", "\"was\"")
                        .replace("\"quantization_config\"", "\"was_too\""),
                "holds packed codes, but config.json has no MLX \"quantization\"");
    }

    @Test
    void scalesThatAreNoNumbers() {
        String scales = "model.layers.0.mlp.experts.1.down_proj.weight_scale_inv";
        ModelCopy nan = copy("qwen3-next-fp8");
        nan.tensor(scales).bytes()[2] = (byte) 0xC0;
        nan.tensor(scales).bytes()[3] = 0x7F;
        Path folder = nan.write(temp.resolve("nan"));
        assertThatThrownBy(() -> ModelFolder.open(folder, LoadOptions.DEFAULTS).close())
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("tensor " + scales + " holds NaN at element 1; the file is damaged");
        ModelCopy infinite = copy("qwen3-next-fp8");
        infinite.tensor(scales).bytes()[0] = (byte) 0x80;
        infinite.tensor(scales).bytes()[1] = 0x7F;
        Path other = infinite.write(temp.resolve("infinite"));
        assertThatThrownBy(() -> ModelFolder.open(other, LoadOptions.DEFAULTS).close())
                .hasMessageContaining("holds Infinity at element 0");
        ModelCopy negative = copy("qwen3-next-fp8");
        negative.tensor(scales).bytes()[1] |= (byte) 0x80;
        Path third = negative.write(temp.resolve("negative"));
        assertThatThrownBy(() -> ModelFolder.open(third, LoadOptions.DEFAULTS).close())
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("at element 0; a scale of FP8 blocks is never negative");
    }

    /** A load reads the tables that every token reads; those of experts are left to {@code verify}. */
    @ParameterizedTest
    @ValueSource(strings = {"lm_head.biases", "model.layers.0.linear_attn.out_proj.scales"})
    void affineTablesThatAreNoNumbers(String table) {
        ModelCopy nan = copy("mlx-4bit-g32");
        nan.tensor(table).bytes()[14] = (byte) 0xC0;
        nan.tensor(table).bytes()[15] = 0x7F;
        Path folder = nan.write(temp.resolve("nan"));
        assertThatThrownBy(() -> ModelFolder.open(folder, LoadOptions.DEFAULTS).close())
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContainingAll(
                        "tensor " + table + " BF16 [",
                        "holds 1 value that is not finite, the first at element 7; the file is damaged");
        assertThat(ModelFolder.inspect(folder, LoadOptions.DEFAULTS).form()).isEqualTo("MLX 4 bit");
    }

    @Test
    void groupsThatDoNotDivide() {
        refuses(
                copy("mlx-4bit-g64")
                        .replace(
                                "\"quantization\": {",
                                "\"quantization\": {\"model.layers.0.mlp.switch_mlp.down_proj\":"
                                        + " {\"group_size\": 128, \"bits\": 4},"),
                "switch_mlp.down_proj.weight is quantised in groups of 128, which do not divide its 64 columns");
    }

    @Test
    void anIndexThatNamesAMissingShard() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("shards"));
        try (Stream<Path> files = Files.list(Fixtures.golden("qwen3-next-r2").model())) {
            for (Path file : files.filter(file -> !file.endsWith("model-00002-of-00003.safetensors"))
                    .toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        refuses(
                folder,
                "shard model-00002-of-00003.safetensors named by model.safetensors.index.json is missing; fetch it again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 5000000}",
                "\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 10000000,"
                        + " \"partial_rotary_factor\": 0.5}",
            })
    void bothSpellingsOfRopeWithDifferentValues(String keys) {
        refuses(copy("qwen3-next-mtp").addKeys(keys), "; remove the one that does not apply");
    }

    @Test
    void twoScalingObjectsThatDiffer() {
        refuses(
                copy("qwen3-next-mtp")
                        .replace(
                                "\"rope_scaling\": null",
                                "\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4},"
                                        + " \"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 2}"),
                "rope_scaling and config.json: rope_parameters differ; remove the one that does not apply");
    }

    private static ModelCopy copy(String name) {
        return ModelCopy.of(Fixtures.golden(name).model());
    }

    private void refuses(ModelCopy copy, String... parts) {
        refuses(copy.write(temp.resolve("model")), parts);
    }

    private static void refuses(Path folder, String... parts) {
        assertThatThrownBy(() -> ModelFolder.open(folder, LoadOptions.DEFAULTS).close())
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContainingAll(parts);
        assertThat(ModelFolder.check(folder).faults())
                .anySatisfy(fault -> assertThat(fault).hasMessageContainingAll(parts));
    }
}
