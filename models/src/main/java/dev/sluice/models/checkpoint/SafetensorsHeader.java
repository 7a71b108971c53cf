package dev.sluice.models.checkpoint;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.kernels.Dtype;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;

/**
 * The header of a safetensors file. The file is hostile until {@link #read} returns: every rule of the format is
 * checked (length, UTF-8, no duplicate key, tensors that cover the data exactly once and in order, shapes that match
 * their extents) and every size is bounded before anything is allocated for it.
 *
 * @param metadata the {@code __metadata__} strings
 * @param tensors in the order of their data
 */
public record SafetensorsHeader(Map<String, String> metadata, List<TensorInfo> tensors) {
    /** Longest header, the limit of the format's reference implementation. */
    public static final long MAX_HEADER = 100_000_000;

    /** Most tensors of one file; the largest released one has 64,196. */
    public static final int MAX_TENSORS = 200_000;

    /** Most dimensions; real tensors have at most 5. */
    public static final int MAX_RANK = 8;

    /** Longest name of a tensor. */
    static final int MAX_NAME = 512;

    /** Longest header that is read as a whole, in bytes: 10,000 tensors. */
    private static final int MAX_COMPACT = 1 << 20;

    private static final long MAX_INTEGER = 1L << 53;
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxDocumentLength(MAX_HEADER)
            .maxNestingDepth(4)
            .maxNameLength(MAX_NAME)
            .maxStringLength(1 << 20)
            .maxNumberLength(20)
            .build();

    /**
     * Reads and checks the header.
     *
     * @param size size of the file
     * @param file the file's name, for messages
     */
    static SafetensorsHeader read(FileChannel channel, long size, String file) throws IOException {
        long length = headerLength(channel, size, file);
        long dataStart = Long.BYTES + length;
        HeaderEntries compact = new HeaderEntries(file, dataStart, size);
        if (length <= MAX_COMPACT && new CompactHeader(bytes(channel, (int) length), compact).read()) {
            return compact.header();
        }
        try (JsonParser parser = StrictJson.parser(new Range(channel, Long.BYTES, dataStart), LIMITS)) {
            return new Reader(parser, file, new HeaderEntries(file, dataStart, size)).header();
        } catch (JacksonException e) {
            throw new InvalidModelException(file + ": bad safetensors header: " + StrictJson.reason(e), e);
        }
    }

    /** The text as far as it can be read. */
    private static byte[] bytes(FileChannel channel, int length) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(length);
        while (text.hasRemaining() && channel.read(text, Long.BYTES + text.position()) > 0) {
            // as above
        }
        return Arrays.copyOf(text.array(), text.position());
    }

    private static long headerLength(FileChannel channel, long size, String file) throws IOException {
        if (size < Long.BYTES) {
            throw new InvalidModelException(file + ": " + size
                    + " bytes is too short for a safetensors file (8 bytes of header length come first)");
        }
        ByteBuffer start = ByteBuffer.allocate(Long.BYTES + 1).order(ByteOrder.LITTLE_ENDIAN);
        while (start.hasRemaining() && channel.read(start, start.position()) > 0) {
            // a short read is legal; the next one goes on behind it
        }
        long length = start.getLong(0);
        if (length < 0 || length > MAX_HEADER) {
            throw new InvalidModelException(
                    file + ": header length " + Long.toUnsignedString(length) + " exceeds the limit of " + MAX_HEADER
                            + " bytes; this is not a safetensors file or it is damaged");
        }
        if (length > size - Long.BYTES) {
            throw new InvalidModelException(file + ": header length " + length + " reaches beyond the end of the file ("
                    + size + " bytes); the file is truncated, fetch it again");
        }
        if (length == 0 || start.get(Long.BYTES) != '{') {
            throw new InvalidModelException(file + ": the safetensors header does not begin with '{'");
        }
        return length;
    }

    /** One pass over the JSON text. */
    private static final class Reader {
        private final JsonParser parser;
        private final String file;
        private final HeaderEntries entries;

        Reader(JsonParser parser, String file, HeaderEntries entries) {
            this.parser = parser;
            this.file = file;
            this.entries = entries;
        }

        SafetensorsHeader header() {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (name.equals("__metadata__")) {
                    readMetadata();
                } else {
                    readTensor(name);
                }
            }
            if (parser.nextToken() != null) {
                throw new InvalidModelException(file + ": text after the end of the safetensors header");
            }
            return entries.header();
        }

        /** Some writers, MLX among them, write null for none. */
        private void readMetadata() {
            JsonToken start = parser.nextToken();
            if (start == JsonToken.VALUE_NULL) {
                return;
            }
            expect(start == JsonToken.START_OBJECT, "__metadata__", "an object of strings");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                expect(parser.nextToken() == JsonToken.VALUE_STRING, "__metadata__." + key, "a string");
                entries.metadata(key, parser.getString());
            }
        }

        private void readTensor(String name) {
            expect(parser.nextToken() == JsonToken.START_OBJECT, name, "an object");
            @Nullable Dtype type = null;
            @Nullable List<Long> shape = null;
            @Nullable List<Long> offsets = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                switch (parser.currentName()) {
                    case "dtype" -> type = readType(name);
                    case "shape" -> shape = readIntegers(name, "shape", MAX_RANK);
                    case "data_offsets" -> offsets = readIntegers(name, "data_offsets", 2);
                    default -> expect(false, name, "only dtype, shape and data_offsets");
                }
            }
            if (type == null || shape == null || offsets == null || offsets.size() != 2) {
                throw new InvalidModelException(
                        file + ": tensor " + name + " lacks dtype, shape or a pair of data_offsets");
            }
            entries.add(name, type, shape, offsets.get(0), offsets.get(1));
        }

        private Dtype readType(String name) {
            expect(parser.nextToken() == JsonToken.VALUE_STRING, name + ".dtype", "a string");
            Dtype type = HeaderEntries.TYPES.get(parser.getString());
            if (type == null) {
                throw new UnsupportedModelException(file + ": tensor " + name + " has dtype " + parser.getString()
                        + "; readable are " + Arrays.toString(Dtype.values()));
            }
            return type;
        }

        private List<Long> readIntegers(String name, String key, int max) {
            expect(parser.nextToken() == JsonToken.START_ARRAY, name + "." + key, "a list");
            List<Long> out = new ArrayList<>(2);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                String digits = parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getString() : "-";
                boolean plain = digits.length() <= 16 && digits.charAt(0) != '-';
                expect(plain && Long.parseLong(digits) < MAX_INTEGER, name + "." + key, "whole numbers below 2^53");
                expect(out.size() < max, name + "." + key, "at most " + max + " numbers");
                out.add(Long.parseLong(digits));
            }
            return List.copyOf(out);
        }

        private void expect(boolean holds, String what, String expected) {
            if (!holds) {
                throw new InvalidModelException(file + ": bad safetensors header: " + what + ": expected " + expected);
            }
        }
    }

    /** Bytes {@code [position, end)} of a channel as a stream, so that a header is never held as a whole. */
    private static final class Range extends InputStream {
        private final FileChannel channel;
        private final long end;
        private long position;

        Range(FileChannel channel, long position, long end) {
            this.channel = channel;
            this.position = position;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int wanted = (int) Math.min(length, end - position);
            if (wanted <= 0) {
                return length == 0 ? 0 : -1;
            }
            int got = channel.read(ByteBuffer.wrap(target, offset, wanted), position);
            position += Math.max(got, 0);
            return got;
        }
    }
}
