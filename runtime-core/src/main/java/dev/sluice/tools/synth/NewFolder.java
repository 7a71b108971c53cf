package dev.sluice.tools.synth;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder that appears under its name only when it is complete: everything is written into a hidden sibling, which is
 * removed on failure.
 */
final class NewFolder {
    /** Writes the files. */
    @FunctionalInterface
    interface Contents {
        void write(Path folder) throws IOException;
    }

    private final Path folder;
    private final Path parent;
    private final Path partial;
    private volatile boolean stopped;

    NewFolder(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        Path name = absolute.getFileName();
        Path up = absolute.getParent();
        if (name == null || up == null) {
            throw new InvalidRequestException(folder + " cannot be a new folder; name one inside a folder");
        }
        this.folder = absolute;
        this.parent = up;
        this.partial =
                up.resolve("." + name + ".partial-" + ProcessHandle.current().pid());
    }

    /**
     * Creates the folder.
     *
     * @param needed bytes of all files
     */
    void create(long needed, Contents contents) {
        try {
            requireAbsentOrEmpty();
            Files.createDirectories(parent);
            requireRoom(needed, available());
            Files.createDirectory(partial);
        } catch (IOException e) {
            throw new StorageException(folder + " cannot be created: " + StorageException.reason(e), e);
        }
        CountDownLatch ended = new CountDownLatch(1);
        Thread atExit = Thread.ofPlatform().unstarted(() -> stopAndAwait(ended));
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            fill(needed, contents);
        } finally {
            ended.countDown();
            if (!stopped) {
                Runtime.getRuntime().removeShutdownHook(atExit);
            }
        }
    }

    /** When the process is told to end, the writer stops at its next piece and removes what it wrote. */
    private void stopAndAwait(CountDownLatch ended) {
        stopped = true;
        try {
            // a piece takes milliseconds; a disk that hangs must not keep the process
            ended.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** To be called between pieces. */
    void requireRunning() {
        if (stopped) {
            throw new StorageException(folder + ": interrupted; nothing of it was kept");
        }
    }

    private void fill(long needed, Contents contents) {
        try {
            contents.write(partial);
            requireRunning();
            Files.deleteIfExists(folder);
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            remove(e);
            throw new StorageException(
                    folder + " could not be written, and nothing of it was kept: " + StorageException.reason(e)
                            + "; it needs " + size(needed) + availableNow(),
                    e);
        } catch (RuntimeException | Error e) {
            remove(e);
            throw e;
        }
    }

    private void requireAbsentOrEmpty() throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new InvalidRequestException(folder + " is a file; give a folder that does not exist yet");
        }
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new InvalidRequestException(
                        folder + " is not empty; nothing is overwritten, so empty it or give another folder");
            }
        }
    }

    /** Throws unless the files fit. */
    void requireRoom(long needed, long available) {
        if (needed > available) {
            throw new StorageException(folder + " needs " + size(needed) + ", " + parent + " has " + size(available)
                    + " available; free some, give another folder or a smaller shape (NAME@1/n)");
        }
    }

    private static String size(long bytes) {
        return bytes < 1 << 30
                ? String.format(Locale.ROOT, "%.2f MiB", bytes / (double) (1 << 20))
                : String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1 << 30));
    }

    private long available() throws IOException {
        return Files.getFileStore(parent).getUsableSpace();
    }

    private String availableNow() {
        try {
            return ", " + parent + " has " + size(available()) + " available";
        } catch (IOException e) {
            return "";
        }
    }

    private void remove(Throwable cause) {
        try {
            List<Path> files;
            try (Stream<Path> listed = Files.list(partial)) {
                files = listed.toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(partial);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
