package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Options;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and what they make, on a terminal that exists in memory only. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class EditedLinesTest {
    private static final String LEFT = "\u001bOD";
    private static final String UP = "\u001bOA";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Console console = new Console(
            new ByteArrayInputStream(new byte[0]),
            OutputStream.nullOutputStream(),
            new PrintStream(said, true, StandardCharsets.UTF_8),
            true,
            true,
            true,
            Map.of("TERM", "xterm"),
            new Screen() {
                @Override
                public int columns() {
                    return 80;
                }

                @Override
                public Terminal open() throws IOException {
                    throw new IOException("not here");
                }
            });

    private LineDisciplineTerminal terminal;

    private EditedLines lines(Path history) throws IOException {
        terminal = new LineDisciplineTerminal("test", "xterm", shown, StandardCharsets.UTF_8);
        terminal.setSize(Size.of(80, 24));
        ChatSettings settings = new ChatSettings(Options.DEFAULTS, new OutputFlags());
        return new EditedLines(console, terminal, new LineHistory(console, history), new ChatCompletion(settings));
    }

    private String entered(String keys) throws IOException {
        try (EditedLines lines = lines(folder.resolve("state/history"))) {
            terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
            return lines.next();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello\\r | hello",
                "helo" + LEFT + "l\\r | hello",
                "wow!! \\$HOME!\\r | wow!! \\$HOME!",
                "one\\\\\\rtwo\\r | one\\ntwo",
                "one\\e\\rtwo\\r | one\\ntwo",
                "\"\"\"one\\r\\\\\\r/two\"\"\"\\r | \"\"\"one\\n\\\\\\n/two\"\"\"",
                "\\e[200~one\\ntwo \\\\\\nthree\\e[201~\\r | one\\ntwo \\\\\\nthree",
                "/reg\\t\\r | /regen",
                "/set show\\toff\\r | /set show-thinking off",
                "/think me\\t\\r | /think medium",
                "no /reg\\t\\r | no /reg"
            })
    void keysMakeText(String keys, String text) throws IOException {
        assertThat(entered(unescape(keys))).isEqualTo(unescape(text));
    }

    private static String unescape(String text) {
        return text.replace("\\\\", "\0")
                .replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\e", "\u001b")
                .replace("\\t", "\t")
                .replace("\0", "\\");
    }

    @Test
    void pathsAreCompletedBlanksIncluded() throws IOException {
        Files.createDirectory(folder.resolve("my talks"));
        Files.writeString(folder.resolve("my talks/boats and ships.json"), "");
        Files.writeString(folder.resolve("my talks/.hidden"), "");
        assertThat(entered("/load " + folder + "/my\tbo\t\r").strip())
                .isEqualTo("/load " + folder + "/my talks/boats and ships.json");
    }

    @Test
    void anInterruptedEmptyLineIsAHintAndTheEndIsTheEnd() throws Exception {
        try (EditedLines lines = lines(folder.resolve("history"))) {
            Thread typist = Thread.ofVirtual().start(() -> {
                waitFor("> ");
                terminal.raise(Terminal.Signal.INT);
                waitFor("> .*> ");
                type("half a line");
                waitFor("half a line");
                terminal.raise(Terminal.Signal.INT);
                waitFor("> .*> .*> ");
                type("\u0004");
            });
            assertThat(lines.next()).isNull();
            assertThat(typist.join(Duration.ofSeconds(10))).isTrue();
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).isEqualTo("(Ctrl-D or /exit leaves)\n");
    }

    private void type(String keys) {
        try {
            terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void waitFor(String pattern) {
        try {
            while (!shown.toString(StandardCharsets.UTF_8).matches("(?s).*" + pattern + ".*")) {
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void linesAreRememberedForTheNextTime() throws IOException {
        Path history = folder.resolve("state/history");
        assertThat(entered("first\r")).isEqualTo("first");
        assertThat(entered("a\\\rb \\n\\\\ c\r")).isEqualTo("a\nb \\n\\\\ c");
        assertThat(entered(" secret\r")).isEqualTo(" secret");
        assertThat(history).content().isEqualTo("first\na\\nb \\\\n\\\\\\\\ c\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
        assertThat(entered(UP + UP + UP + "\r")).isEqualTo("first"); // the second one goes to the upper line
        assertThat(entered(UP + UP + "\r")).isEqualTo("a\nb \\n\\\\ c");
        assertThat(said.size()).isZero();
    }

    @Test
    void aLongHistoryIsCutToItsEnd() throws IOException {
        Path history = Files.createDirectory(folder.resolve("state")).resolve("history");
        Files.write(
                history,
                IntStream.rangeClosed(1, 2001).mapToObj(Integer::toString).toList());
        assertThat(entered(UP + "\r")).isEqualTo("2001");
        List<String> lines = Files.readAllLines(history);
        assertThat(lines).hasSize(LineHistory.MOST_LINES).startsWith("1002").endsWith("2001");
    }

    @ParameterizedTest
    @CsvSource({"file/history", "folder", "/proc/sluice/history", "/dev/full"})
    void aHistoryThatCannotBeKeptCostsOneWarning(String place) throws IOException {
        Files.writeString(folder.resolve("file"), "");
        Files.createDirectory(folder.resolve("folder"));
        try (EditedLines lines = lines(folder.resolve(place))) {
            type("one\rtwo\r" + UP + UP + "\r");
            assertThat(List.of(lines.next(), lines.next(), lines.next())).containsExactly("one", "two", "one");
        }
        String warning = said.toString(StandardCharsets.UTF_8).replace('\n', ' ');
        assertThat(warning)
                .containsOnlyOnce("sluice: ")
                .contains("cannot be kept")
                .contains("until you leave");
    }

    @Test
    void theHomeOfTheHistoryFollowsTheEnvironment() {
        assertThat(LineHistory.place(Map.of("HOME", "/home/me")))
                .isEqualTo(Path.of("/home/me/.local/state/sluice/history"));
        assertThat(LineHistory.place(Map.of("HOME", "/home/me", "XDG_STATE_HOME", "/state")))
                .isEqualTo(Path.of("/state/sluice/history"));
        assertThat(LineHistory.place(Map.of("HOME", "/home/me", "XDG_STATE_HOME", "relative")))
                .isEqualTo(Path.of("/home/me/.local/state/sluice/history"));
    }
}
