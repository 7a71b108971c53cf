package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
        List<String> command = command(args);
        command.add(INTERRUPTIBLE.size() + 1, "-XX:ErrorFile=" + folder.resolve("crash.log"));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    /** The command line of a process that runs {@code sluice}. */
    static List<String> command(String... args) {
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

    /** The writer of a checkpoint stops between two pieces and takes away what it wrote. */
    @Test
    void anInterruptLeavesNothingOfAHalfWrittenModel() throws Exception {
        Path parent = Files.createDirectory(folder.resolve("models"));
        Process process = start("synth", "qwen3-1.7b", parent.resolve("half").toString());
        while (process.isAlive() && !hasWeights(parent)) {
            Thread.sleep(20);
        }
        interrupt(process);
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(parent).isEmptyDirectory();
        assertThat(err()).doesNotContain("Exception");
    }

    private static boolean hasWeights(Path parent) throws IOException {
        try (Stream<Path> files = Files.walk(parent)) {
            return files.anyMatch(file -> file.toString().endsWith("model.safetensors"));
        }
    }

    @Test
    void anInterruptedBenchPrintsWhatItHas() throws Exception {
        Process process = start("bench", "-n", "64", "-r", "1000", "--no-warmup", "--quick", "-o", "jsonl");
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
    @EnabledOnOs(OS.LINUX)
    void anArgumentThatIsNoTextIsRefusedAndAReplacementCharacterIsOne() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" \"$(printf 'caf\\351')\"", "sh"));
        command.addAll(command("tokenize"));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(err).contains("sluice: argument \"caf\uFFFD\" is not UTF-8 text; convert it first");
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(CommandRun.embedded().run("tokenize", "caf\uFFFD").code()).isZero();
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

    /** Runs from a copy of the model and changes it once part of an answer is there. */
    private void breaks(String message, Change change) throws Exception {
        Path copy = copyOfTheModel();
        Process process = startWithoutEnd("-m", copy.toString());
        InputStream out = process.getInputStream();
        assertThat(out.readNBytes(600)).hasSize(600);
        change.apply(copy.resolve("model.safetensors"));
        out.readAllBytes();
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err())
                .contains("sluice: " + copy.toRealPath().resolve("model.safetensors") + " " + message)
                .contains("load it again")
                .doesNotContain("Exception")
                .doesNotContain("SIGBUS");
        assertThat(folder.resolve("crash.log")).doesNotExist();
    }

    private Path copyOfTheModel() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("model"));
        try (Stream<Path> files = Files.list(CommandRun.EMBEDDED)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    private interface Change {
        void apply(Path weights) throws IOException;
    }

    @Test
    void weightsThatAreCutEndTheAnswerWithAMessage() throws Exception {
        long size = Files.size(CommandRun.EMBEDDED.resolve("model.safetensors"));
        breaks("went from " + size + " to 4096 bytes", weights -> {
            try (FileChannel file = FileChannel.open(weights, StandardOpenOption.WRITE)) {
                file.truncate(4096);
            }
        });
    }

    @Test
    void aConversationWhoseModelBreaksCanStillBeSaved() throws Exception {
        Path copy = copyOfTheModel();
        Process process = start("chat", "-m", copy.toString(), "--temp", "0", "-n", "4");
        InputStream out = process.getInputStream();
        try (Writer in = process.outputWriter()) {
            in.write("Write a story about a boat.\n");
            in.flush();
            assertThat(out.readNBytes(17)).asString().isEqualTo("Once upon a time\n");
            try (FileChannel file = FileChannel.open(copy.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
                file.truncate(4096);
            }
            in.write("And then?\n/save " + folder.resolve("kept.json") + "\n");
        }
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err())
                .contains("to 4096 bytes while the model was in use")
                .contains("; /save FILE still keeps this conversation\nsaved 2 messages\n");
        assertThat(folder.resolve("kept.json"))
                .content()
                .contains("Once upon a time")
                .doesNotContain("And then");
    }

    @Test
    void weightsThatAreOverwrittenEndTheAnswerWithAMessage() throws Exception {
        breaks(
                "was written to at ",
                weights -> Files.write(weights, Files.readAllBytes(weights), StandardOpenOption.WRITE));
    }
}
