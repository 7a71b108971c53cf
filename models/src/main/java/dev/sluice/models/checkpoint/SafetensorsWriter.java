package dev.sluice.models.checkpoint;

import dev.sluice.kernels.Dtype;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes a safetensors file front to back: the entries are declared first, then their bytes follow in the same order in
 * pieces of any size, so a checkpoint larger than memory can be written.
 */
public final class SafetensorsWriter implements Closeable {
    /** A tensor to come. */
    public record Entry(String name, Dtype type, List<Long> shape) {
        /** Length of its data. */
        public long bytes() {
            return type.bytes(shape.stream().reduce(1L, Math::multiplyExact));
        }
    }

    private static final int PIECE = 1 << 24;

    private final FileChannel channel;
    private long missing;

    private SafetensorsWriter(FileChannel channel, long missing) {
        this.channel = channel;
        this.missing = missing;
    }

    /** Creates the file with a header padded to a multiple of 8, as other writers do. */
    public static SafetensorsWriter create(Path file, List<Entry> entries, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(entries, metadata);
        return create(file, entries, header, (header.length + 7) / 8 * 8);
    }

    /** As above with a header of exactly {@code headerLength} bytes, so that the data begins at any alignment wanted. */
    public static SafetensorsWriter create(
            Path file, List<Entry> entries, Map<String, String> metadata, int headerLength) throws IOException {
        return create(file, entries, header(entries, metadata), headerLength);
    }

    private static SafetensorsWriter create(Path file, List<Entry> entries, byte[] header, int headerLength)
            throws IOException {
        if (headerLength < header.length) {
            throw new IllegalArgumentException("the header needs " + header.length + " bytes, not " + headerLength);
        }
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + headerLength).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(start.array(), (byte) ' ');
        start.putLong(headerLength).put(header).rewind();
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        SafetensorsWriter writer = new SafetensorsWriter(
                channel, entries.stream().mapToLong(Entry::bytes).sum());
        writer.drain(start);
        return writer;
    }

    private static byte[] header(List<Entry> entries, Map<String, String> metadata) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectPropertyStart("__metadata__");
                metadata.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            long offset = 0;
            for (Entry entry : entries) {
                json.writeObjectPropertyStart(entry.name());
                json.writeStringProperty("dtype", entry.type().name());
                writeNumbers(json, "shape", entry.shape());
                writeNumbers(json, "data_offsets", List.of(offset, offset + entry.bytes()));
                json.writeEndObject();
                offset += entry.bytes();
            }
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private static void writeNumbers(JsonGenerator json, String name, List<Long> numbers) {
        json.writeArrayPropertyStart(name);
        numbers.forEach(json::writeNumber);
        json.writeEndArray();
    }

    /** Appends the next bytes of data. */
    public void write(MemorySegment bytes) throws IOException {
        if (bytes.byteSize() > missing) {
            throw new IllegalArgumentException(
                    bytes.byteSize() + " bytes given where the declared tensors leave room for " + missing);
        }
        for (long from = 0; from < bytes.byteSize(); from += PIECE) {
            long length = Math.min(PIECE, bytes.byteSize() - from);
            drain(bytes.asSlice(from, length).asByteBuffer());
        }
        missing -= bytes.byteSize();
    }

    private void drain(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Ends the file; declared bytes that were never written are an error. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (missing > 0) {
            throw new IOException(missing + " declared bytes of the safetensors file were not written");
        }
    }
}
