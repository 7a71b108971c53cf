package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A safetensors file, mapped read-only. The mapping belongs to the arena given to {@link #map}. */
public final class Safetensors {
    /** A file of this size is read in a few ms; its tensors are not opened one by one, which took longer. */
    private static final long SMALL = 64 << 20;

    private final Path file;
    private final String name;
    private final SafetensorsHeader header;
    private final Map<String, TensorInfo> byName;
    private final MemorySegment mapping;
    private final FileStamp stamp;

    private Safetensors(Path file, String name, FileStamp stamp, SafetensorsHeader header, MemorySegment mapping) {
        this.file = file;
        this.name = name;
        this.stamp = stamp;
        this.header = header;
        this.mapping = mapping;
        this.byName = HashMap.newHashMap(header.tensors().size());
        header.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
    }

    /**
     * Checks the header and maps the file.
     *
     * @param name what messages call it (in a cache of blobs the path's own name says nothing)
     * @throws InvalidModelException when the file breaks a rule of the format, or changes meanwhile
     */
    public static Safetensors map(Path file, String name, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            FileStamp stamp = FileStamp.of(file);
            long size = channel.size();
            SafetensorsHeader header = SafetensorsHeader.read(channel, size, name);
            MemorySegment mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            if (channel.size() != size) {
                throw new InvalidModelException(
                        file + ": changed from " + size + " to " + channel.size() + " bytes while it was opened");
            }
            return new Safetensors(file, name, stamp, header, mapping);
        } catch (IOException e) {
            throw new InvalidModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    public String name() {
        return name;
    }

    /** What happened to the file since it was mapped, as a sentence; null when nothing did. */
    @Nullable
    String change() {
        String change = stamp.change();
        return change == null ? null : stamp.file() + " " + change;
    }

    /** The {@code __metadata__} strings. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** All tensors in the order of their data. */
    public List<TensorInfo> tensors() {
        return header.tensors();
    }

    public @Nullable TensorInfo find(String name) {
        return byName.get(name);
    }

    /** The bytes of one of {@link #tensors}; they may begin at any offset. */
    public MemorySegment data(TensorInfo tensor) {
        return mapping.asSlice(tensor.offset(), tensor.bytes());
    }

    /**
     * The bytes of one of {@link #tensors}, of a large file copied. For small tensors that lie scattered: the first touch of a
     * mapping fetches what lies around it as well, 3 ms for each of the 75,000 tables of scales of an 80B model.
     */
    public MemorySegment read(TensorInfo tensor) {
        if (mapping.byteSize() <= SMALL) {
            return data(tensor);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, tensor.offset() + bytes.position()) < 0) {
                    throw new InvalidModelException(
                            file + ": ends within tensor " + tensor.name() + "; it shrank while it was read");
                }
            }
            return MemorySegment.ofArray(bytes.array());
        } catch (IOException e) {
            throw new InvalidModelException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
