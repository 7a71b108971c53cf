package dev.sluice;

import dev.sluice.error.InvalidRequestException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Text from bytes of others: what is no UTF-8 is refused, not replaced. */
public final class StrictUtf8 {
    private StrictUtf8() {}

    /**
     * Decodes bytes.
     *
     * @throws InvalidRequestException they are no UTF-8; the message says which byte at which offset
     */
    public static String decode(byte[] bytes) {
        return decode(bytes, 0);
    }

    /** As {@link #decode(byte[])} for a part of something; {@code start} is the offset at which it begins. */
    public static String decode(byte[] bytes, long start) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            int offset = in.position();
            throw new InvalidRequestException(String.format(
                    "not UTF-8 text: byte 0x%02x at offset %,d; convert it first", bytes[offset], start + offset));
        }
        return out.flip().toString();
    }
}
