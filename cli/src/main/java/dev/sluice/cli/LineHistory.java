package dev.sluice.cli;

import dev.sluice.error.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jline.reader.LineReader;
import org.jline.reader.impl.history.DefaultHistory;
import org.jspecify.annotations.Nullable;

/**
 * Lines typed earlier, kept in a file that only its owner reads. A file that cannot be used costs one warning and
 * nothing else. Lines that begin with a blank are not kept.
 */
final class LineHistory extends DefaultHistory {
    static final int MOST_LINES = 1000;
    /** From twice as many lines on the file is cut when it is read. */
    private static final int MOST_IN_FILE = 2 * MOST_LINES;

    private static final long MOST_BYTES = 16 << 20;

    private final Console console;
    private @Nullable Path file;

    LineHistory(Console console, Path file) {
        this.console = console;
        this.file = file;
    }

    /** {@code $XDG_STATE_HOME/sluice/history}, or {@code ~/.local/state/sluice/history}. */
    static Path place(Map<String, String> environment) {
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        Path folder = state.startsWith("/")
                ? Path.of(state)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".local", "state");
        return folder.resolve("sluice").resolve("history");
    }

    @Override
    public void attach(LineReader reader) {
        super.attach(reader);
        Path from = file;
        if (from == null) {
            return;
        }
        try {
            Path folder = from.getParent();
            if (folder != null) {
                Files.createDirectories(folder, ownersOnly("rwx------"));
            }
            if (!Files.exists(from)) {
                Files.createFile(from, ownersOnly("rw-------"));
            }
            if (!Files.isRegularFile(from) || Files.size(from) > MOST_BYTES) {
                throw new IOException("it is no file of at most " + MOST_BYTES + " bytes");
            }
            List<String> lines = new String(Files.readAllBytes(from), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            List<String> kept = lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
            kept.forEach(line -> internalAdd(Instant.EPOCH, unescape(line)));
            moveToEnd();
            write(from, lines.size() > MOST_IN_FILE ? kept : List.of(), lines.size() > MOST_IN_FILE);
        } catch (IOException | UncheckedIOException e) {
            giveUp(e instanceof IOException io ? io : new IOException(e.getMessage(), e));
        }
    }

    @Override
    public void add(Instant time, String line) {
        int before = last();
        super.add(time, line);
        Path to = file;
        if (to != null && last() != before) {
            try {
                write(to, List.of(escape(line)), false);
            } catch (IOException e) {
                giveUp(e);
            }
        }
    }

    /** Opens the file in any case, so that one that cannot be written is noticed at once. */
    private static void write(Path file, List<String> lines, boolean anew) throws IOException {
        Files.write(
                file,
                lines,
                StandardOpenOption.WRITE,
                anew ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND);
    }

    private void giveUp(IOException e) {
        console.sayWrapped("sluice: the history in " + file + " cannot be kept: " + StorageException.reason(e)
                + "; what you type is remembered until you leave");
        file = null;
    }

    private static FileAttribute<?>[] ownersOnly(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static String escape(String line) {
        return line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String line) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '\\' || i + 1 == line.length()) {
                out.append(c);
                continue;
            }
            char next = line.charAt(++i);
            out.append(
                    switch (next) {
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        default -> next;
                    });
        }
        return out.toString();
    }
}
