package dev.sluice.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jline.terminal.Terminal;

/** Runs a command line on streams of its own. */
final class CommandRun {
    static final Path EMBEDDED =
            Path.of(System.getProperty("sluice.root"), "cli", "src", "dist", "models", "sluice-tiny-fp8");

    /** A home without settings or models, whatever the developer's has. */
    private final Map<String, String> environment = new HashMap<>(Map.of("HOME", "/nowhere/at/all", "TERM", "xterm"));

    private byte[] in = new byte[0];
    private boolean inTerminal;
    private boolean outTerminal;
    private boolean errTerminal;
    private int columns = 80;

    /** What it left behind. */
    record Result(int code, String out, String err) {}

    /** A run with the embedded model named by the environment, as {@code -m} would. */
    static CommandRun embedded() {
        return new CommandRun().with("SLUICE_MODEL", EMBEDDED.toString());
    }

    CommandRun with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    CommandRun in(String text) {
        return in(text.getBytes(StandardCharsets.UTF_8));
    }

    CommandRun in(byte[] bytes) {
        in = bytes;
        return this;
    }

    CommandRun terminal(boolean stdin, boolean stdout, boolean stderr) {
        inTerminal = stdin;
        outTerminal = stdout;
        errTerminal = stderr;
        return this;
    }

    CommandRun columns(int count) {
        columns = count;
        return this;
    }

    Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Result result = run(out, args);
        return new Result(result.code(), out.toString(StandardCharsets.UTF_8), result.err());
    }

    Result run(OutputStream out, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(in),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                inTerminal,
                outTerminal,
                errTerminal,
                environment,
                new NoScreen(columns));
        int code = Main.run(console, args);
        return new Result(code, "", err.toString(StandardCharsets.UTF_8));
    }

    /** A screen of a size and without a terminal behind it. */
    private record NoScreen(int columns) implements Screen {
        @Override
        public Terminal open() throws IOException {
            throw new IOException("no terminal in this test");
        }
    }
}
