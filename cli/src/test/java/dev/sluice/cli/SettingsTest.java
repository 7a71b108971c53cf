package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cli.CommandRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flags before the environment before the configuration file, and every wrong value says where it stands. */
class SettingsTest {
    @TempDir
    Path home;

    private Path file;

    @BeforeEach
    void file() throws IOException {
        file = Files.createDirectories(home.resolve(".config/sluice")).resolve("config");
    }

    private CommandRun command(String config) throws IOException {
        Files.writeString(file, config);
        return CommandRun.embedded().with("HOME", home.toString());
    }

    private static String story(CommandRun run, String... more) {
        return run.run(concat(more)).out();
    }

    private static String[] concat(String... more) {
        String[] args = {"run", "Write a story about a boat.", "--temp", "0"};
        String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
        System.arraycopy(more, 0, all, args.length, more.length);
        return all;
    }

    @Test
    void a_flag_comes_before_the_environment_before_the_file() throws IOException {
        assertThat(story(command("# mine\nmax-tokens = 2 # short\n"))).isEqualTo("Once upon");
        assertThat(story(command("max-tokens = 2").with("SLUICE_MAX_TOKENS", "3")))
                .isEqualTo("Once upon a");
        assertThat(story(command("max-tokens = 2").with("SLUICE_MAX_TOKENS", "3"), "-n", "4"))
                .isEqualTo("Once upon a time");
    }

    @Test
    void the_file_can_be_named() throws IOException {
        Path other = Files.writeString(home.resolve("other"), "stats = json\nmax-tokens = \"1\"\n");
        CommandRun run = command("temp = nonsense");
        assertThat(run.run(concat("--config", other.toString())).err()).contains("\"predicted_n\":1,");
        assertThat(run.with("SLUICE_CONFIG", other.toString()).run(concat()).err())
                .contains("\"predicted_n\":1,");
        Result missing = run.run("show", "--config=" + home.resolve("none"));
        assertThat(missing.code()).isEqualTo(ExitCode.USAGE);
        assertThat(missing.err()).contains("none cannot be read: no such file");
    }

    @Test
    void the_model_of_an_argument_is_a_setting_too() throws IOException {
        Files.createDirectories(home.resolve("m"));
        Files.writeString(home.resolve("m/config.json"), "{\"model_type\":\"wat\"}");
        Files.writeString(file, "model = ~/m");
        Result result = new CommandRun().with("HOME", home.toString()).run("show");
        assertThat(result.code()).isEqualTo(ExitCode.MODEL);
        assertThat(result.err()).contains("wat", "with MODEL " + home.resolve("m") + " from " + file + ":1");
    }

    @Test
    void quotes_keep_what_is_between_them() throws IOException {
        Result result = command("system = \"say \\\"#1\\\"  \" # not this\nmax-tokens=1\nmodel = /nowhere\n")
                .run("run", "hi", "--model", CommandRun.EMBEDDED.toString());
        assertThat(result.code()).isZero();
        assertThat(ConfigFile.read(file, home).settings().get("system").value()).isEqualTo("say \"#1\"  ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "temp 0.7 | :1: expected name = value, found \"temp 0.7\"",
                "temp = \"0.7 | :1: expected name = value",
                "[chat] | :1: expected name = value",
                "temprature = 1 | :1: no command has an option --temprature",
                "help = true | :1: no command has an option --help",
                "top-k = many | set in FILE:1",
                "top-k = -3 | with --top-k -3 from FILE:1",
            })
    void what_is_wrong_in_the_file_is_said_with_its_line(String line, String message) throws IOException {
        Result result = command(line).run("run", "hi");
        assertThat(result.code()).isEqualTo(ExitCode.USAGE);
        assertThat(result.err()).startsWith("sluice: ").contains(message.replace("FILE", file.toString()));
        assertThat(result.out()).isEmpty();
    }

    @Test
    void a_name_set_twice_names_both_lines() throws IOException {
        assertThat(command("temp = 1\n\ntemp = 2\n").run("ls").err())
                .contains(file + ":3: temp is set in " + file + ":1");
    }

    @Test
    void what_is_wrong_in_the_environment_names_the_variable() throws IOException {
        CommandRun run = command("").with("SLUICE_TOP_K", "many");
        assertThat(run.run("run", "hi").err()).contains("--top-k is many", "set in SLUICE_TOP_K");
        assertThat(run.run("run", "hi", "--top-k", "few").err())
                .contains("--top-k is few")
                .doesNotContain("SLUICE_TOP_K");
        assertThat(run.with("SLUICE_TOP_K", "-1").run("run", "hi").err())
                .contains("top_k is -1", "with --top-k -1 from SLUICE_TOP_K");
    }
}
