package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code verify --against} and {@code --dump-taps}, as a user gives them. */
class VerifyAgainstTest {
    private static final Path MODELS = Path.of(System.getProperty("sluice.fixtures"), "models");
    private static final Path EMBEDDED_VALUES =
            Path.of(System.getProperty("sluice.fixtures"), "sluice-tiny-fp8", "expected.safetensors");

    @TempDir
    Path temp;

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(MODELS)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGoldenCaseAgrees(String name) {
        for (List<String> more : List.of(List.<String>of(), List.of("--plain"))) {
            CommandRun.Result result = against(MODELS.resolve(name), values(name), more.toArray(String[]::new));
            assertThat(result.err()).isEmpty();
            assertThat(result.out())
                    .contains("values agree")
                    .contains("greedy_logits")
                    .doesNotContain("OUT");
            assertThat(result.code()).isZero();
        }
    }

    @Test
    void theEmbeddedModelAgreesWithItsReference() {
        CommandRun.Result result = CommandRun.embedded().run("verify", "--against", EMBEDDED_VALUES.toString());
        assertThat(result.code()).as(result.out()).isZero();
        assertThat(result.out()).contains("hidden.6", "greedy_logits", "values agree");
    }

    @Test
    void theFirstLayerThatDiffersIsNamed() throws IOException {
        Path folder = Files.createDirectory(temp.resolve("model"));
        try (Stream<Path> files = Files.list(MODELS.resolve("qwen3-dense"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        // one norm of layer 2 grows a thousandfold
        String name = "model.layers.2.post_attention_layernorm.weight";
        try (FileChannel weights = FileChannel.open(
                folder.resolve("model.safetensors"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            weights.read(length, 0);
            ByteBuffer header = ByteBuffer.allocate((int) length.getLong(0));
            weights.read(header, 8);
            Map<String, Object> tensors = Json.object(new String(header.array(), "UTF-8").strip());
            List<?> offsets = (List<?>) ((Map<?, ?>) tensors.get(name)).get("data_offsets");
            long at = 8 + header.capacity() + ((Number) offsets.getFirst()).longValue();
            weights.write(ByteBuffer.wrap(new byte[] {0x00, 0x44}), at); // 512 in BF16
        }
        CommandRun.Result result = against(folder, values("qwen3-dense"));
        assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.out()).contains("OUT", "the first layer that differs is 2, at ");
        Map<String, Object> json =
                Json.object(against(folder, values("qwen3-dense"), "--json").out());
        assertThat(json)
                .containsEntry("agrees", false)
                .extractingByKey("first_outside")
                .asString()
                .contains(".2");
    }

    @Test
    void aDumpIsReadBackAndToleranceIsTheUsers() {
        String model = MODELS.resolve("qwen3-5-dense-mtp").toString();
        String file = temp.resolve("taps.safetensors").toString();
        CommandRun.Result dumped =
                new CommandRun().run("verify", model, "--dump-taps", file, "--ids", "1,2,3,70,5", "-n", "4");
        assertThat(dumped.code()).as(dumped.err()).isZero();
        assertThat(dumped.out()).contains("arrays of 5 tokens and 4 more");
        CommandRun.Result same = new CommandRun().run("verify", model, "--against", file, "--tolerance", "0");
        assertThat(same.code()).as(same.out()).isZero();
        assertThat(same.out()).contains("mtp.hidden", "state.layers.0.S", "tap.layers.3.mlp");
        // the plain kernels add in another order
        CommandRun.Result plain = new CommandRun().run("verify", model, "--against", file, "--plain");
        assertThat(plain.code()).as(plain.out()).isZero();
        CommandRun.Result strict =
                new CommandRun().run("verify", model, "--against", file, "--plain", "--tolerance", "0");
        assertThat(strict.code()).isEqualTo(ExitCode.FAILURE);
        // another family computes other things
        CommandRun.Result other = against(MODELS.resolve("qwen3-dense"), Path.of(file));
        assertThat(other.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(other.out()).contains("this model computes no such value", "this model computes F32 [5, ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--tolerance 1 | --tolerance needs --against",
                "--ids 1,2 | need --dump-taps",
                "--dump-taps /tmp/x | one of --prompt and --ids",
                "--dump-taps /tmp/x --ids 1 --prompt x | one of --prompt and --ids",
                "--dump-taps /tmp/x --against y --ids 1 | exclude each other",
                "--dump-taps /tmp/x --ids 99999 | token id 99999, expected 0 to ",
                "--dump-taps /tmp/x --ids 1 -n -1 | continuation of 0 or more",
                "--dump-taps /tmp/x --ids 1 -t 0 | threads is 0",
                "--against /no/such/file | /no/such/file: no such file",
            })
    void wrongUsage(String line, String message) {
        CommandRun.Result result = new CommandRun()
                .run(Stream.concat(
                                Stream.of(
                                        "verify", MODELS.resolve("qwen3-dense").toString()),
                                Stream.of(line.strip().split(" ")))
                        .toArray(String[]::new));
        assertThat(result.err()).startsWith("sluice: ").contains(message);
        assertThat(result.code()).isEqualTo(ExitCode.USAGE);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void filesThatCannotBeRead() throws IOException {
        Path junk = Files.writeString(temp.resolve("junk.safetensors"), "not a file of arrays");
        assertThat(against(MODELS.resolve("qwen3-dense"), junk).code()).isEqualTo(ExitCode.MODEL);
        CommandRun.Result weights =
                against(MODELS.resolve("qwen3-dense"), MODELS.resolve("qwen3-dense/model.safetensors"));
        assertThat(weights.code()).isEqualTo(ExitCode.USAGE);
        assertThat(weights.err()).contains("no array input_ids");
        CommandRun.Result unwritable = new CommandRun()
                .run(
                        "verify",
                        MODELS.resolve("qwen3-dense").toString(),
                        "--dump-taps",
                        temp.resolve("no/such/folder").toString(),
                        "--ids",
                        "1");
        assertThat(unwritable.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(unwritable.err()).contains("cannot be written");
    }

    private static CommandRun.Result against(Path model, Path file, String... more) {
        return new CommandRun()
                .run(Stream.concat(Stream.of("verify", model.toString(), "--against", file.toString()), Stream.of(more))
                        .toArray(String[]::new));
    }

    private static Path values(String name) {
        return MODELS.resolve(name).resolve("expected.safetensors");
    }
}
