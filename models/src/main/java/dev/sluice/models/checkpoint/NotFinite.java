package dev.sluice.models.checkpoint;

import dev.sluice.kernels.Dtype;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds values that are not finite in a word of several elements at once: their exponents (FP8 E4M3: all bits but the
 * sign) are ones throughout, so that adding the lowest of these bits carries into the sign's place.
 */
public final class NotFinite {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int bytes;
    private final long mask;
    private final long carry;
    private final long top;

    private NotFinite(int bytes, long ones, long lowest) {
        this.bytes = bytes;
        this.mask = repeated(ones, bytes);
        this.carry = repeated(lowest, bytes);
        this.top = repeated(1L << (bytes * Byte.SIZE - 1), bytes);
    }

    /** For elements of a type; null when all of its values are finite. */
    public static @Nullable NotFinite of(Dtype type) {
        return switch (type) {
            case F64 -> new NotFinite(8, 0x7FF0_0000_0000_0000L, 0x0010_0000_0000_0000L);
            case F32 -> new NotFinite(4, 0x7F80_0000, 0x0080_0000);
            case BF16 -> new NotFinite(2, 0x7F80, 0x0080);
            case F16 -> new NotFinite(2, 0x7C00, 0x0400);
            case F8_E4M3 -> new NotFinite(1, 0x7F, 0x01);
            case F8_E5M2 -> new NotFinite(1, 0x7C, 0x04);
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

    /** Whether there is one; whole elements from offset 0 on. */
    public boolean anyIn(MemorySegment data) {
        long whole = data.byteSize() & -Long.BYTES;
        long found = 0;
        for (long at = 0; at < whole; at += Long.BYTES) {
            found |= (data.get(WORD, at) & mask) + carry;
        }
        return ((found | (rest(data) & mask) + carry) & top) != 0;
    }

    /** How many there are. */
    public long countIn(MemorySegment data) {
        long whole = data.byteSize() & -Long.BYTES;
        long count = Long.bitCount(marks(rest(data)));
        for (long at = 0; at < whole; at += Long.BYTES) {
            count += Long.bitCount(marks(data.get(WORD, at)));
        }
        return count;
    }

    /** The element that the first of them is. */
    public long firstIn(MemorySegment data) {
        long whole = data.byteSize() & -Long.BYTES;
        for (long at = 0; at <= whole; at += Long.BYTES) {
            long found = marks(at == whole ? rest(data) : data.get(WORD, at));
            if (found != 0) {
                return (at + Long.numberOfTrailingZeros(found) / Byte.SIZE) / bytes;
            }
        }
        throw new IllegalStateException("nothing found");
    }

    /** What is wrong with a tensor that holds such values. */
    public static String fault(String file, TensorInfo tensor, long count, long first) {
        String code = tensor.type() == Dtype.F8_E4M3 ? "NaN code" : "value that is not finite";
        String codes = tensor.type() == Dtype.F8_E4M3 ? "NaN codes" : "values that are not finite";
        return String.format(
                Locale.ROOT,
                "%s: tensor %s %s holds %,d %s, the first at element %,d; the file is damaged, fetch it again",
                file,
                tensor.name(),
                tensor.form(),
                count,
                count == 1 ? code : codes,
                first);
    }

    private long marks(long word) {
        return ((word & mask) + carry) & top;
    }

    /** The bytes behind the last whole word, with zeros. */
    private static long rest(MemorySegment data) {
        long word = 0;
        for (long at = data.byteSize() & -Long.BYTES; at < data.byteSize(); at++) {
            word |= (data.get(ValueLayout.JAVA_BYTE, at) & 0xFFL) << (at % Long.BYTES * Byte.SIZE);
        }
        return word;
    }
}
