package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one model folder. A name that leads out of the folder, by {@code ..} or by a symbolic link, is refused;
 * only a snapshot of a Hugging Face cache may link into the {@code blobs} of its own repository.
 */
public final class FolderFiles {
    private final Path folder;
    private final Path root;

    public FolderFiles(Path folder) {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            throw new ModelNotFoundException(folder + ": no such folder");
        }
        try {
            this.root = folder.toRealPath();
        } catch (IOException e) {
            throw new ModelNotFoundException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    public Path folder() {
        return folder;
    }

    /** The real path of a file of the folder, or null when there is none. */
    public @Nullable Path find(String name) {
        Path path = root.resolve(name);
        if (!path.normalize().startsWith(root)) {
            throw new InvalidModelException(folder + ": file name " + name + " leads out of the model folder");
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException e) {
            throw new InvalidModelException(
                    folder.resolve(name) + ": a link to a file that cannot be read; fetch the model again", e);
        }
        if (!real.startsWith(root) && !inOwnBlobs(real)) {
            throw new InvalidModelException(folder.resolve(name) + ": links to " + real
                    + ", outside the model folder; copy the file into the folder");
        }
        if (!Files.isRegularFile(real)) {
            throw new InvalidModelException(folder.resolve(name) + ": not a regular file");
        }
        return real;
    }

    /** {@code models--owner--name/snapshots/REV} may link to {@code models--owner--name/blobs}. */
    private boolean inOwnBlobs(Path real) {
        Path snapshots = root.getParent();
        if (snapshots == null || !snapshots.endsWith("snapshots")) {
            return false;
        }
        Path repository = snapshots.getParent();
        Path name = repository == null ? null : repository.getFileName();
        return repository != null
                && name != null
                && name.toString().startsWith("models--")
                && real.startsWith(repository.resolve("blobs"));
    }

    /** Names of files that end so, sorted. */
    public List<String> endingWith(String suffix) {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InvalidModelException(folder + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Names the format of a folder that holds nothing but GGUF files. */
    public void refuseGguf() {
        List<String> gguf = endingWith(".gguf");
        if (!gguf.isEmpty()) {
            throw new UnsupportedModelException(folder + ": " + gguf.getFirst()
                    + " is a GGUF file, which Sluice does not read; give the folder of a safetensors checkpoint");
        }
    }
}
