package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Json;
import dev.sluice.cli.CommandRun.Result;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @Test
    void what_there_is_for_people(@TempDir Path home) {
        Result result = new CommandRun().with("HOME", home.toString()).run("doctor");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .containsPattern("(?m)^java +25")
                .containsPattern("(?m)^kernels +Vector API, (128|256|512) bits")
                .containsPattern("(?m)^threads +\\d+")
                .containsPattern("(?m)^bf16 +--activations bf16 (can be used|needs )")
                .containsPattern("(?m)^int8 +--activations int8 (can be used|needs )")
                .containsPattern("(?m)^memory +")
                .containsPattern("(?m)^disk +[0-9.]+ .iB free in ")
                .contains(home.resolve("models") + " (not there)")
                .containsPattern("(?m)^settings +no file")
                .doesNotContain("\u001b");
    }

    @Test
    void a_mistyped_variable_is_found() {
        CommandRun run = new CommandRun()
                .with("SLUICE_TEMPRATURE", "1")
                .with("SLUICE_TEMP", "1")
                .with("SLUICE_JAVA_OPTS", "-Xmx2g");
        assertThat(run.run("doctor").out())
                .contains("note: SLUICE_TEMPRATURE is set, and no command has such an option.")
                .doesNotContain("SLUICE_TEMP is", "SLUICE_JAVA_OPTS is");
    }

    @Test
    void json_for_programs() {
        Map<String, Object> report =
                Json.object(new CommandRun().run("doctor", "--json").out());
        assertThat(report)
                .containsOnlyKeys(
                        "java",
                        "cpu",
                        "memory",
                        "disks",
                        "c_compiler",
                        "activations_bf16",
                        "activations_bf16_needs",
                        "activations_int8",
                        "activations_int8_needs",
                        "models_path",
                        "settings",
                        "findings");
        assertThat(report.get("activations_bf16")).isEqualTo(report.get("activations_bf16_needs") == null);
        assertThat(report.get("activations_int8")).isEqualTo(report.get("activations_int8_needs") == null);
        assertThat(report.get("cpu")).asString().contains("vector_bits", "threads", "quota");
    }
}
