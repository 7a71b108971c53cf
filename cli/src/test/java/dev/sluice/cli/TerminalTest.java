package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice} as someone at a terminal sees it: a process on a pseudo terminal of the kernel's. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class TerminalTest {
    private static final String ASKED = "Write a story about a boat.\r";
    /** Neither of the model's end tokens can be chosen, so that the story goes on. */
    private static final String[] ENDLESS = {
        "chat", "--seed", "1", "--logit-bias", "4091=-100", "--logit-bias", "4093=-100"
    };

    private static final String STATS = "prompt\\s+\\d+\\s+tok\\s.*peak\\s+[\\d.]+\\s+GiB\\s+·\\s+";

    /** What {@code stty} says of a terminal that nobody edits lines on. */
    private static final String AS_IT_WAS = "isig icanon iexten echo ";

    @TempDir
    Path folder;

    private PseudoTerminal terminal;
    private Process process;

    private void start(int columns, String type, String... args) throws IOException {
        terminal = new PseudoTerminal(columns, 24);
        File device = terminal.device().toFile();
        List<String> command = new ArrayList<>(PseudoTerminal.withControl());
        // a shell around it, as there is one around every command, which tells how it left the terminal
        command.addAll(List.of("sh", "-c", "trap : INT; \"$@\"; code=$?; stty -a; exit $code", "sh"));
        command.addAll(ProcessTest.command(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(device)
                .redirectOutput(device)
                .redirectError(device);
        builder.environment().put("TERM", type);
        builder.environment().put("XDG_STATE_HOME", folder.toString());
        builder.environment().remove("NO_COLOR");
        process = builder.start();
    }

    @AfterEach
    void hangUp() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        terminal.close();
    }

    private ProcessHandle sluice() {
        return process.children().findFirst().orElseThrow();
    }

    private void interrupt() throws IOException, InterruptedException {
        if (PseudoTerminal.withControl().isEmpty()) {
            ProcessTest.signal("-INT", sluice());
        } else {
            terminal.type("\u0003");
        }
    }

    @Test
    void anAnswerIsStoppedAndStaysAndTheConversationGoesOn() throws Exception {
        start(80, "xterm", ENDLESS);
        terminal.expect("sluice-tiny-fp8, context 2,048 tokens\\. /help lists the commands.*> ");
        terminal.type(ASKED);
        terminal.expect("Once upon a");
        interrupt();
        terminal.expect(STATS + "cancelled.*> ");
        terminal.type("/context\r");
        terminal.expect("2 messages, \\d+ of 2,048 tokens.*> "); // a key before the prompt is nobody's
        interrupt();
        terminal.expect("\\(Ctrl-D or /exit leaves\\).*> ");
        terminal.type("\u0004");
        terminal.expect(AS_IT_WAS);
        assertThat(process.waitFor()).isZero();
        assertThat(folder.resolve("sluice/history")).hasContent("Write a story about a boat.\n/context");
    }

    @Test
    void aSecondInterruptWhileTheFirstIsAtWorkLeaves() throws Exception {
        Path text = Files.writeString(folder.resolve("long.txt"), "Once upon a time. ".repeat(6000));
        start(80, "xterm", "chat", "--rope-factor", "32", "-c", "65536", "-b", "8192");
        terminal.expect("> ");
        terminal.type("/read " + text + "\r");
        terminal.expect("before your next question.*> ");
        terminal.type("What happened?\r");
        terminal.expect("prefill"); // longer than two seconds; a step of it takes several tenths
        interrupt();
        Thread.sleep(50);
        interrupt();
        terminal.expect("\r\u001b\\[K(?!prefill|stopping).*" + AS_IT_WAS); // the line of progress is gone
        assertThat(process.waitFor()).isEqualTo(130);
    }

    @Test
    void aNarrowWindowBreaksBetweenWordsAndMayChange() throws Exception {
        start(40, "xterm", ENDLESS);
        terminal.expect("> ");
        terminal.type(ASKED);
        terminal.expect("Once upon a.*\n.*\n");
        terminal.size(100, 30);
        terminal.expect("\n[^\n]{60,100}\n");
        terminal.size(30, 10);
        interrupt();
        terminal.expect(STATS + "cancelled");
        String story = terminal.seen().substring(terminal.seen().indexOf("Once upon"));
        assertThat(story.lines().limit(2)).allMatch(line -> line.length() < 40);
        terminal.expect("> ");
        terminal.type("/exit\r");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aDumbTerminalGetsPlainLines() throws Exception {
        start(80, "dumb", "chat", "--temp", "0", "-n", "4");
        terminal.expect("> ");
        terminal.type(ASKED.replace('\r', '\n'));
        terminal.expect("Once upon a time\r\n" + STATS + "length\r\n> ");
        terminal.type("/exit\n");
        assertThat(process.waitFor()).isZero();
        assertThat(terminal.seen()).doesNotContain("\u001b");
        assertThat(folder.resolve("sluice/history")).doesNotExist();
    }

    @Test
    void aRequestToTerminateLeavesTheTerminalAsItWas() throws Exception {
        start(80, "xterm", "chat");
        terminal.expect("> ");
        ProcessTest.signal("-TERM", sluice());
        terminal.expect(AS_IT_WAS);
        assertThat(process.waitFor()).isEqualTo(143);
    }

    @Test
    void oneAnswerOnATerminalEndsWithItsStatistics() throws Exception {
        start(80, "xterm", "run", "Write a story about a boat.", "--temp", "0", "-n", "4");
        terminal.expect("Once upon a time\r\n\u001b\\[2m" + STATS + "length\u001b\\[0m\r\n");
        assertThat(process.waitFor()).isZero();
    }
}
