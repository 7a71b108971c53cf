package dev.sluice.tools.bench;

import dev.sluice.AvailableMemory;
import dev.sluice.error.StorageException;
import dev.sluice.tools.Synth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A model of random weights for as long as a benchmark runs: {@code synth:SHAPE[:FORMAT]}. It lies in memory (a tmpfs)
 * where there is room, else in the folder for temporary files, and is deleted at the end, at Ctrl-C too.
 */
public final class SyntheticFolder implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final String NAME = "sluice-synth-";
    private static final long SEED = 1;

    private final Path folder;
    private final Thread hook;

    /** The making was stopped from outside. */
    public static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("stopped while a model was made");
        }
    }

    private SyntheticFolder(Path folder) {
        this.folder = folder;
        this.hook = new Thread(() -> delete(folder), "sluice-synth-delete");
    }

    /**
     * Makes the folder.
     *
     * @param reference what may follow {@link Synth#PREFIX}: a shape, perhaps with {@code :FORMAT} (default bf16)
     * @param stopped asked again and again; when true the folder is deleted and {@link StoppedException} thrown
     * @throws dev.sluice.error.InvalidRequestException no such shape or format
     * @throws StorageException no room for it
     */
    public static SyntheticFolder make(String reference, BooleanSupplier stopped, BenchListener listener) {
        Synth synth = Synth.plan(reference, SEED);
        long bytes = synth.totals().bytes();
        Path parent = parent(bytes);
        deleteLeftOvers(parent);
        listener.step(String.format(
                Locale.ROOT, "making %s, %.2f GB of random weights in %s", reference, bytes / 1e9, parent));
        SyntheticFolder made = new SyntheticFolder(
                parent.resolve(NAME + ProcessHandle.current().pid() + "-" + System.nanoTime()));
        Runtime.getRuntime().addShutdownHook(made.hook);
        try {
            synth.write(made.folder, (_, _) -> {
                if (stopped.getAsBoolean()) {
                    throw new StoppedException();
                }
            });
            return made;
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    /** In memory only when it takes less than a third of what can be had: it is mapped there as well. */
    private static Path parent(long bytes) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            if (Files.isWritable(MEMORY)
                    && bytes < AvailableMemory.bytes() / 3
                    && bytes < Files.getFileStore(MEMORY).getUsableSpace() / 2) {
                return MEMORY;
            }
        } catch (IOException e) {
            return temporary;
        }
        return temporary;
    }

    /** Folders of processes that were killed: in memory they would stay until the machine restarts. */
    private static void deleteLeftOvers(Path parent) {
        try (Stream<Path> folders = Files.list(parent)) {
            folders.filter(SyntheticFolder::isLeftOver).forEach(SyntheticFolder::delete);
        } catch (IOException e) {
            // somebody else's to clean up
            return;
        }
    }

    private static boolean isLeftOver(Path folder) {
        String name = String.valueOf(folder.getFileName());
        int at = name.indexOf(NAME);
        if (at < 0 || at > 1) {
            return false;
        }
        String pid = name.substring(at + NAME.length()).replaceAll("-.*", "");
        return pid.matches("[0-9]{1,9}")
                && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        delete(folder);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the process is ending, and the hook runs
            return;
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // nothing was made, or somebody else has deleted it
            return;
        }
    }
}
