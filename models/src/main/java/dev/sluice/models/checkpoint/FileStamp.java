package dev.sluice.models.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a mapped file looked like before it was mapped. A file that was removed, or replaced by another one under its
 * name, is no change: the mapping keeps the old one.
 *
 * @param key identity of the file, null where the file system has none
 */
record FileStamp(
        Path file, long size, FileTime modified, @Nullable Object key) {
    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(file, now.size(), now.lastModifiedTime(), now.fileKey());
    }

    /** What happened to the file since, as the rest of a sentence; null when nothing did. */
    @Nullable
    String change() {
        FileStamp now;
        try {
            now = of(file);
        } catch (IOException e) {
            return null; // removed, or out of reach: reading the mapping fails by itself where that matters
        }
        if (!Objects.equals(key, now.key)) {
            return null;
        }
        if (size != now.size) {
            return "went from " + size + " to " + now.size + " bytes";
        }
        return modified.equals(now.modified) ? null : "was written to at " + now.modified;
    }
}
