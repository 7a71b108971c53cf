package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
    /** SIGINT is bit 1. */
    private static final int INTERRUPT = 1 << 1;

    /**
     * A shell starts its background jobs with SIGINT ignored, children inherit that, and a JVM leaves an ignored signal
     * ignored: run in such a job, this test has to give the signal its meaning back.
     */
    private static final List<String> INTERRUPTIBLE =
            interruptsAreIgnored() ? List.of("env", "--default-signal=INT") : List.of();

    @TempDir
    Path folder;

    private static boolean interruptsAreIgnored() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & INTERRUPT) != 0);
        } catch (IOException noSuchFile) {
            return false;
        }
    }

    private Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(INTERRUPTIBLE);
        command.addAll(List.of(
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
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .start();
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

    @Test
    void anInterruptedBenchPrintsWhatItHas() throws Exception {
        Process process = start("bench", "-n", "64", "-r", "1000", "--no-warmup", "-o", "jsonl");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
        while (!err().contains("2 of 1000") && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        interrupt(process);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(out).contains("\"test\":\"tg64\"").contains("\"avg_ts\":");
        assertThat(err()).contains("interrupted; the figures above");
    }

    private static void interrupt(Process process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
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
