package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthTest {
    @TempDir
    Path temp;

    @Test
    void aDryRunSaysWhatWouldBeWritten() {
        CommandRun.Result result = new CommandRun().run("synth", "qwen3-next-80b-a3b", "--format", "fp8", "--dry-run");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("79,674,391,296 (79.67 G), draft head 1,650,471,424")
                .containsPattern("bytes       8[0-9],[0-9,]+ \\(7[0-9]\\.[0-9]+ GiB\\) in 1[0-9] files");
    }

    @Test
    void wrongUsage() throws IOException {
        CommandRun.Result unknown = new CommandRun().run("synth", "qwen9", "--dry-run");
        assertThat(unknown.code()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("qwen9", "known are", "qwen3-0.6b", "qwen3.5-397b-a17b");
        assertThat(new CommandRun().run("synth", "qwen3-0.6b").err()).contains("--dry-run");
        CommandRun.Result format = new CommandRun().run("synth", "qwen3-0.6b", "--format", "gguf", "--dry-run");
        assertThat(format.code()).isEqualTo(ExitCode.USAGE);
        assertThat(format.err()).contains("--format is gguf, expected one of bf16, fp8, affine4, affine8");
        Path full = Files.createDirectory(temp.resolve("full"));
        Files.writeString(full.resolve("notes.txt"), "precious");
        CommandRun.Result existing = new CommandRun().run("synth", "qwen3-0.6b@1/28", full.toString());
        assertThat(existing.code()).isEqualTo(ExitCode.USAGE);
        assertThat(existing.err()).contains("is not empty");
        CommandRun.Result huge = new CommandRun()
                .run("synth", "qwen3.5-397b-a17b", temp.resolve("huge").toString());
        assertThat(huge.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(huge.err()).contains("needs 750.54 GiB", "available", "NAME@1/n");
        assertThat(children()).containsExactly(full);
        Path file = Files.writeString(temp.resolve("file"), "precious");
        CommandRun.Result inTheWay = new CommandRun()
                .run("synth", "qwen3-0.6b@1/28", file.resolve("new").toString());
        assertThat(inTheWay.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(inTheWay.err()).contains("new cannot be created: " + file + " is in the way");
    }

    /** Four layers of the large release at their real width: written, found sound, run, compared with itself. */
    @Test
    void aReducedReleaseIsWrittenVerifiedAndRun() throws IOException {
        String folder = temp.resolve("next").toString();
        CommandRun.Result written =
                new CommandRun().run("synth", "qwen3-next-80b-a3b@1/12,experts=10", folder, "--format", "affine4");
        assertThat(written.err()).isEmpty();
        assertThat(written.out()).contains("written     " + folder);
        CommandRun.Result verified = new CommandRun().run("verify", folder);
        assertThat(verified.out()).contains("sound").doesNotContain("broken");
        CommandRun.Result ran = new CommandRun().run("run", "-m", folder, "--raw", "ab", "-n", "3", "--temp", "0");
        assertThat(ran.code()).as(ran.err()).isZero();
        String taps = temp.resolve("taps.safetensors").toString();
        CommandRun.Result dumped =
                new CommandRun().run("verify", folder, "--dump-taps", taps, "--prompt", "ab", "-n", "2");
        assertThat(dumped.code()).as(dumped.err()).isZero();
        CommandRun.Result compared = new CommandRun().run("verify", folder, "--against", taps, "--tolerance", "0");
        assertThat(compared.out()).contains("values agree", "hidden.3");
        assertThat(compared.code()).isZero();
        assertThat(children()).hasSize(2);
    }

    private List<Path> children() throws IOException {
        try (Stream<Path> files = Files.list(temp)) {
            return files.toList();
        }
    }
}
