package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show: signals, pipes, exit codes, the model found by itself. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ProcessTest {
    @TempDir
    Path folder;

    private Process start(String... args) throws IOException {
        return new ProcessBuilder(command(args))
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    /** The command line of a process that runs {@code sluice}. */
    static List<String> command(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xlog:disable",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Dsluice.home=" + CommandRun.EMBEDDED.getParent().getParent(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.cli.Main"));
        command.addAll(List.of(args));
        return command;
    }

    /** A story that goes on until the context is full: neither of the model's end tokens can be chosen. */
    private Process startWithoutEnd(String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of("run", "Write a story about a boat."));
        args.addAll(List.of("--logit-bias", "4091=-100", "--logit-bias", "4093=-100", "--seed", "1"));
        args.addAll(List.of(more));
        return start(args.toArray(String[]::new));
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    @Test
    void findsTheModelThatComesWithIt() throws Exception {
        Process process = start("run", "Write a story about a boat.", "--temp", "0", "-n", "4");
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out).isEqualTo("Once upon a time");
    }

    @Test
    void anInterruptKeepsTheTextAndTellsHowItWent() throws Exception {
        Process process = startWithoutEnd("--stats", "line");
        InputStream out = process.getInputStream();
        assertThat(out.readNBytes(40)).hasSize(40);
        interrupt(process);
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).doesNotContain("\uFFFD");
        assertThat(err()).matches("(?s).*prompt 15 tok .* · cancelled\\R");
    }

    @Test
    void anInterruptInAConversationEndsTheAnswerOnly() throws Exception {
        Process process = start(
                "chat", "--logit-bias", "4091=-100", "--logit-bias", "4093=-100", "-n", "1500", "--stats", "line");
        Writer in = process.outputWriter();
        InputStream out = process.getInputStream();
        in.write("Write a story about a boat.\n");
        in.flush();
        assertThat(out.readNBytes(40)).hasSize(40);
        interrupt(process);
        in.write("/undo\n/exit\n");
        in.flush();
        assertThat(process.waitFor()).isZero();
        assertThat(err()).matches("(?s).*prompt 15 tok .* · cancelled\\Rtaken back\\R");
    }

    private static void interrupt(Process process) throws IOException, InterruptedException {
        signal("-INT", process.toHandle());
    }

    static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    void aRequestToTerminateTellsHowItWentAndEnds() throws Exception {
        Process process = startWithoutEnd("--stats", "line");
        assertThat(process.getInputStream().readNBytes(40)).hasSize(40);
        signal("-TERM", process.toHandle());
        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(err()).matches("(?s)(?!.*sluice:).*prompt 15 tok .* · cancelled\\R");
    }

    @Test
    void aFullDiskLeavesTheSavedConversationAsItWas() throws Exception {
        Path saved = folder.resolve("talk.json");
        String longText = "Write a story about a boat. ".repeat(60);
        String lines = "/save " + saved + "\n" + longText + "\n/save " + saved + "\n";
        List<String> limited = new ArrayList<>(List.of("sh", "-c", "ulimit -f 1; exec \"$@\"", "sh"));
        limited.addAll(command("chat", "--temp", "0", "-n", "3"));
        Process process = new ProcessBuilder(limited)
                .redirectError(ProcessBuilder.Redirect.PIPE)
                .start();
        try (Writer in = process.outputWriter()) {
            in.write(lines);
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(out).isEqualTo("Once upon a\n");
        assertThat(err)
                .contains("saved 0 messages")
                .contains("talk.json cannot be written: File too large; the file is as it was before");
        assertThat(saved).hasContent("{\"messages\":[\n\n]}\n");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(saved);
        }
    }

    @Test
    void aFullDiskUnderTheTextIsAnError() throws Exception {
        Process process = new ProcessBuilder(command("run", "Write a story about a boat.", "-n", "3"))
                .redirectOutput(new File("/dev/full"))
                .start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err).contains("sluice: standard output cannot be written: No space left on device");
    }

    @Test
    void aReaderThatLeavesEndsItQuietly() throws Exception {
        Process process = startWithoutEnd();
        assertThat(process.getInputStream().readNBytes(10)).hasSize(10);
        process.getInputStream().close();
        assertThat(process.waitFor()).isEqualTo(141);
        assertThat(err()).doesNotContain("sluice:").doesNotContain("Exception");
    }
}
