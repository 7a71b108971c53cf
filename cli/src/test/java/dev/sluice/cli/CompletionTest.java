package dev.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.CommandRun.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of {@code sluice completion}, each run by its own shell where that is installed. */
class CompletionTest {
    @TempDir
    Path folder;

    private Path script(String shell) throws IOException {
        Result result = new CommandRun().run("completion", shell);
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        return Files.writeString(folder.resolve("script"), result.out());
    }

    private String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    /** What bash offers as the last of these words. */
    private String offered(Path script, String... words) throws Exception {
        String typed = "COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD=" + (words.length - 1);
        return run(
                "bash",
                "-c",
                "compopt() { :; }; source '" + script + "'; complete -p sluice >/dev/null && " + typed
                        + "; _complete_sluice; echo \"${COMPREPLY[@]}\"");
    }

    @Test
    void bash_completes_commands_options_values_and_files() throws Exception {
        Path script = script("bash");
        Files.createFile(folder.resolve("a-model"));
        assertThat(offered(script, "sluice", "''")).contains("run", "chat", "ls", "doctor", "completion");
        assertThat(offered(script, "sluice", "run", "--st").strip().split(" "))
                .containsExactlyInAnyOrder("--stop", "--stats");
        assertThat(offered(script, "sluice", "run", "--stats", "''")).contains("auto", "json");
        assertThat(offered(script, "sluice", "completion", "f")).isEqualTo("fish\n");
        assertThat(offered(script, "sluice", "show", "a-")).isEqualTo("a-model\n");
        assertThat(offered(script, "sluice", "run", "-m", "a-")).isEqualTo("a-model\n");
    }

    @Test
    void zsh_reads_the_script_through_its_bash_emulation() throws Exception {
        Path script = script("zsh");
        assertThat(Files.readString(script)).contains("bashcompinit");
        if (installed("zsh")) {
            assertThat(run(
                            "zsh",
                            "-f",
                            "-c",
                            "autoload -U +X compinit && compinit -u -d '" + folder.resolve("dump") + "'; source '"
                                    + script + "'; echo ${_comps[sluice]}"))
                    .contains("_complete_sluice");
        }
    }

    @Test
    void fish_gets_a_script_of_its_own() throws Exception {
        Path script = script("fish");
        assertThat(script)
                .content()
                .contains("complete -c sluice -n __fish_use_subcommand -a doctor")
                .contains("-n '__fish_seen_subcommand_from run' -l stats -x -a 'auto off line json'")
                .contains("-n '__fish_seen_subcommand_from show' -F")
                .contains("the model\\'s own");
        if (installed("fish")) {
            String asked = "source " + script + "; complete -C 'sluice '; complete -C 'sluice run --stats '";
            assertThat(run("fish", "--no-config", "-c", asked)).contains("doctor\t", "json\t");
        }
    }

    private static boolean installed(String program) {
        for (String path : System.getenv("PATH").split(File.pathSeparator, -1)) {
            if (new File(path, program).canExecute()) {
                return true;
            }
        }
        return false;
    }

    @Test
    void another_shell_is_refused_with_the_ones_there_are() {
        Result result = new CommandRun().run("completion", "csh");
        assertThat(result.code()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).contains("csh", "bash, zsh, fish");
        assertThat(new CommandRun().run("completion").err()).contains("bash|zsh|fish");
    }
}
