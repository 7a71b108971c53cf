package dev.sluice;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Files that appear under their name only when they are complete. */
final class AtomicFile {
    private AtomicFile() {}

    /** Writes beside the file, forces it to the disk and renames it; a link is followed, not replaced. */
    static void write(Path file, String text) {
        Path partial = null;
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) { // a rename would replace a device or a pipe
                throw new InvalidRequestException(file + " is no regular file; give the name of a file");
            }
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.getParent();
            if (folder == null) {
                throw new InvalidRequestException(file + " cannot be a file; name one inside a folder");
            }
            partial = Files.createTempFile(folder, "." + target.getFileName() + ".", ".partial");
            try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            remove(partial, e);
            String before = Files.exists(file) ? "; the file is as it was before" : "";
            throw new StorageException(file + " cannot be written: " + StorageException.reason(e) + before, e);
        }
    }

    private static void remove(@Nullable Path partial, IOException cause) {
        if (partial == null) {
            return;
        }
        try {
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
