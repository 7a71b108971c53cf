package dev.sluice.tools.verify;

import dev.sluice.models.FolderCheck.WeightFile;
import dev.sluice.models.checkpoint.NotFinite;
import dev.sluice.models.checkpoint.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Looks for values that are not finite in every tensor of a file: NaN and infinities of floating-point tensors, scales
 * included, and the NaN codes of FP8. Reads the file front to back and maps nothing, so that a damaged disk is an error
 * and not the end of the process.
 */
public final class ValueScan {
    private static final int PIECE = 1 << 22;

    private final Consumer<String> faults;
    private final LongConsumer progress;

    /**
     * @param faults hears a sentence for each tensor with such values
     * @param progress hears how many more bytes were read
     */
    public ValueScan(Consumer<String> faults, LongConsumer progress) {
        this.faults = faults;
        this.progress = progress;
    }

    /** Scans one file. */
    public void scan(WeightFile file) {
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(PIECE);
            for (TensorInfo tensor : file.tensors()) {
                scan(file.name(), channel, tensor, buffer);
            }
        } catch (IOException e) {
            faults.accept(file.name() + ": cannot be read: " + e.getMessage());
        }
    }

    private void scan(String file, FileChannel channel, TensorInfo tensor, MemorySegment buffer) throws IOException {
        NotFinite pattern = NotFinite.of(tensor.type());
        long bad = 0;
        long first = -1;
        for (long from = 0; from < tensor.bytes(); from += PIECE) {
            int length = (int) Math.min(PIECE, tensor.bytes() - from);
            MemorySegment piece = buffer.asSlice(0, length);
            read(channel, tensor.offset() + from, piece);
            progress.accept(length);
            if (pattern != null && pattern.anyIn(piece)) {
                first = first < 0 ? from * Byte.SIZE / tensor.type().bits() + pattern.firstIn(piece) : first;
                bad += pattern.countIn(piece);
            }
        }
        if (bad > 0) {
            faults.accept(NotFinite.fault(file, tensor, bad, first));
        }
    }

    private static void read(FileChannel channel, long position, MemorySegment into) throws IOException {
        ByteBuffer rest = into.asByteBuffer();
        while (rest.hasRemaining()) {
            if (channel.read(rest, position + rest.position()) < 0) {
                throw new IOException("the file shrank while it was read");
            }
        }
    }

    /** Sums the sizes of tensors. */
    public static long bytes(List<WeightFile> files) {
        return files.stream()
                .flatMap(file -> file.tensors().stream())
                .mapToLong(TensorInfo::bytes)
                .sum();
    }
}
