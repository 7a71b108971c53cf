package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/cli.md is what the commands say. */
class CliPageTest {
    private static final Path PAGE = Path.of(System.getProperty("sluice.root"), "docs", "cli.md");
    private static final String REGENERATE = "mvn -B -pl cli -am test -Dtest=CliPageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.docs.write=true";

    @Test
    void the_page_is_what_the_commands_say() throws IOException {
        String page = CliPage.of(REGENERATE);
        if (Boolean.getBoolean("sluice.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/cli.md is out of date; write it with: " + REGENERATE)
                .content()
                .isEqualTo(page);
    }

    @Test
    void every_option_is_described() {
        assertThat(CliPage.undescribed()).isEmpty();
    }

    @Test
    void the_example_of_a_configuration_file_is_one(@TempDir Path home) throws IOException {
        Path file = Files.writeString(home.resolve("config"), CliPage.EXAMPLE);
        ConfigFile config = ConfigFile.read(file, home);
        new Settings(java.util.Map.of(), config).check(Main.commandLine(Console.system()));
        assertThat(config.settings().get("model").value())
                .isEqualTo(
                        home.resolve("models/Qwen3-Next-80B-A3B-Instruct-FP8").toString());
        assertThat(config.settings().get("system").value()).endsWith("# is kept inside quotes");
        assertThat(config.settings()).hasSize(4);
    }
}
