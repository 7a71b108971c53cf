package dev.sluice.tools.verify;

import dev.sluice.kernels.Dtype;
import dev.sluice.models.FolderCheck.WeightFile;
import dev.sluice.models.checkpoint.TensorInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for values that are not finite in every tensor of a file: NaN and infinities of floating-point tensors, scales
 * included, and the NaN codes of FP8. Reads the file front to back and maps nothing, so that a damaged disk is an error
 * and not the end of the process.
 */
public final class ValueScan {
    private static final int PIECE = 1 << 22;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
            MemorySegment buffer = arena.allocate(PIECE + Long.BYTES);
            for (TensorInfo tensor : file.tensors()) {
                scan(file.name(), channel, tensor, buffer);
            }
        } catch (IOException e) {
            faults.accept(file.name() + ": cannot be read: " + e.getMessage());
        }
    }

    private void scan(String file, FileChannel channel, TensorInfo tensor, MemorySegment buffer) throws IOException {
        Pattern pattern = Pattern.of(tensor.type());
        long bad = 0;
        long first = -1;
        for (long from = 0; from < tensor.bytes(); from += PIECE) {
            int length = (int) Math.min(PIECE, tensor.bytes() - from);
            read(channel, tensor.offset() + from, buffer.asSlice(0, length));
            progress.accept(length);
            if (pattern != null) {
                buffer.asSlice(length, Long.BYTES).fill((byte) 0); // a last word reads beyond the piece
                if (anyIn(buffer, length, pattern)) {
                    int at = firstIn(buffer, length, pattern);
                    first = first < 0 ? from / pattern.bytes + at : first;
                    bad += countIn(buffer, length, pattern);
                }
            }
        }
        if (bad > 0) {
            faults.accept(String.format(
                    "%s: tensor %s %s holds %,d %s, the first at element %,d; the file is damaged, fetch it again",
                    file, tensor.name(), tensor.form(), bad, values(tensor.type(), bad), first));
        }
    }

    private static String values(Dtype type, long count) {
        if (type == Dtype.F8_E4M3) {
            return count == 1 ? "NaN code" : "NaN codes";
        }
        return count == 1 ? "value that is not finite" : "values that are not finite";
    }

    private static void read(FileChannel channel, long position, MemorySegment into) throws IOException {
        ByteBuffer rest = into.asByteBuffer();
        while (rest.hasRemaining()) {
            if (channel.read(rest, position + rest.position()) < 0) {
                throw new IOException("the file shrank while it was read");
            }
        }
    }

    private static boolean anyIn(MemorySegment buffer, int length, Pattern pattern) {
        long found = 0;
        for (int at = 0; at < length; at += Long.BYTES) {
            found |= (buffer.get(WORD, at) & pattern.mask) + pattern.carry;
        }
        return (found & pattern.top) != 0;
    }

    private static long countIn(MemorySegment buffer, int length, Pattern pattern) {
        long count = 0;
        for (int at = 0; at < length; at += Long.BYTES) {
            count += Long.bitCount(((buffer.get(WORD, at) & pattern.mask) + pattern.carry) & pattern.top);
        }
        return count;
    }

    private static int firstIn(MemorySegment buffer, int length, Pattern pattern) {
        for (int at = 0; at < length; at += Long.BYTES) {
            long found = ((buffer.get(WORD, at) & pattern.mask) + pattern.carry) & pattern.top;
            if (found != 0) {
                int within = Long.numberOfTrailingZeros(found) / Byte.SIZE;
                return (at + within) / pattern.bytes;
            }
        }
        throw new IllegalStateException("nothing found");
    }

    /** Sums the sizes of tensors. */
    public static long bytes(List<WeightFile> files) {
        return files.stream()
                .flatMap(file -> file.tensors().stream())
                .mapToLong(TensorInfo::bytes)
                .sum();
    }

    /**
     * Finds values that are not finite in a word of several elements at once: their exponents (FP8 E4M3: all bits but
     * the sign) are ones throughout, so that adding the lowest of these bits carries into the sign's place.
     */
    private static final class Pattern {
        private final int bytes;
        private final long mask;
        private final long carry;
        private final long top;

        private Pattern(int bytes, long ones, long lowest) {
            this.bytes = bytes;
            this.mask = repeated(ones, bytes);
            this.carry = repeated(lowest, bytes);
            this.top = repeated(1L << (bytes * Byte.SIZE - 1), bytes);
        }

        static @Nullable Pattern of(Dtype type) {
            return switch (type) {
                case F64 -> new Pattern(8, 0x7FF0_0000_0000_0000L, 0x0010_0000_0000_0000L);
                case F32 -> new Pattern(4, 0x7F80_0000, 0x0080_0000);
                case BF16 -> new Pattern(2, 0x7F80, 0x0080);
                case F16 -> new Pattern(2, 0x7C00, 0x0400);
                case F8_E4M3 -> new Pattern(1, 0x7F, 0x01);
                case F8_E5M2 -> new Pattern(1, 0x7C, 0x04);
                default -> null;
            };
        }

        private static long repeated(long lane, int bytes) {
            long word = 0;
            for (int at = 0; at < Long.BYTES; at += bytes) {
                word |= lane << (at * Byte.SIZE);
            }
            return word;
        }
    }
}
