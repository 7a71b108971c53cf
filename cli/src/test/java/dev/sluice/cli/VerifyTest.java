package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyTest {
    private static final Path MODELS = Path.of(System.getProperty("sluice.fixtures"), "models");

    @Test
    void theModelThatComesWithSluiceIsSound() {
        CommandRun.Result result = CommandRun.embedded().run("verify");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("sluice-tiny-fp8: sound; 1 file,").contains("iB/s)");
        Map<String, Object> json =
                Json.object(CommandRun.embedded().run("verify", "--json").out());
        assertThat(json).containsEntry("sound", true).containsEntry("faults", List.of());
    }

    @Test
    void aFaultyFolderEndsWithThree(@TempDir Path empty) {
        CommandRun.Result result = new CommandRun().run("verify", empty.toString());
        assertThat(result.code()).isEqualTo(ExitCode.MODEL);
        assertThat(result.out()).contains("broken: ", "no weights", "no config.json", "faults; 0 files");
        String golden = MODELS.resolve("qwen3-dense").toString();
        CommandRun.Result textless = new CommandRun().run("verify", golden, "--json");
        assertThat(textless.code()).isEqualTo(ExitCode.MODEL);
        assertThat((List<?>) Json.object(textless.out()).get("faults"))
                .singleElement()
                .asString()
                .contains("no tokenizer.json");
        assertThat(new CommandRun()
                        .run("verify", empty.resolve("nowhere").toString())
                        .code())
                .isEqualTo(ExitCode.MODEL);
    }

    @Test
    void aTruncatedFileIsOneFault(@TempDir Path folder) throws IOException {
        for (String name : List.of("config.json", "tokenizer.json", "chat_template.jinja")) {
            Files.copy(CommandRun.EMBEDDED.resolve(name), folder.resolve(name));
        }
        byte[] weights = Files.readAllBytes(CommandRun.EMBEDDED.resolve("model.safetensors"));
        Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length / 2));
        CommandRun.Result result = new CommandRun().run("verify", folder.toString());
        assertThat(result.out())
                .startsWith("broken: model.safetensors: tensor ")
                .contains("is truncated or damaged", ": 1 fault; 0 files, 0 tensors");
        assertThat(result.code()).isEqualTo(ExitCode.MODEL);
    }

    @Test
    void progressSaysHowFarAndHowFast() {
        ByteRate rate = new ByteRate("reading");
        assertThat(rate.text(1)).isEqualTo("reading");
        rate.advance(3L << 30, 12L << 30);
        assertThat(rate.text(2)).isEqualTo("reading 3.00 GiB of 12.00 GiB, 1.50 GiB/s, 6 s left");
    }
}
