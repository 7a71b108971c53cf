package dev.sluice.tools.bench;

import dev.sluice.error.StorageException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The largest weights file of a folder, mapped once more to be read from end to end. */
final class ModelFile {
    private ModelFile() {}

    static MemorySegment map(Path folder, Arena arena) {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> weights = files.filter(file -> file.toString().endsWith(".safetensors"))
                    .toList();
            Path largest = weights.stream()
                    .max(Comparator.comparingLong(ModelFile::size))
                    .orElse(null);
            if (largest == null) {
                return MemorySegment.NULL;
            }
            try (FileChannel channel = FileChannel.open(largest, StandardOpenOption.READ)) {
                return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            }
        } catch (IOException e) {
            throw new StorageException(folder + " cannot be read: " + e, e);
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }
}
