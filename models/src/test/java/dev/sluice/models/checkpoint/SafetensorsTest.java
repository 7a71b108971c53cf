package dev.sluice.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.SluiceException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.kernels.Dtype;
import dev.sluice.testing.Fixtures;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatTheWriterWroteAtAnyHeaderLength() throws IOException {
        List<SafetensorsWriter.Entry> entries = List.of(
                new SafetensorsWriter.Entry("a.weight", Dtype.BF16, List.of(3L, 5L)),
                new SafetensorsWriter.Entry("empty", Dtype.F32, List.of(0L, 7L)),
                new SafetensorsWriter.Entry("scalar \"\u00e9\"", Dtype.F32, List.of()),
                new SafetensorsWriter.Entry("codes", Dtype.U8, List.of(13L)));
        byte[] data = new byte[30 + 4 + 13];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 37);
        }
        for (int length : new int[] {401, 402, 403, 404, 407, 4096}) {
            Path file = folder.resolve("odd" + length);
            try (SafetensorsWriter writer = SafetensorsWriter.create(file, entries, Map.of("format", "pt"), length)) {
                writer.write(MemorySegment.ofArray(data).asSlice(0, 17));
                writer.write(MemorySegment.ofArray(data).asSlice(17));
            }
            try (Arena arena = Arena.ofConfined()) {
                Safetensors read = Safetensors.map(file, "odd", arena);
                assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
                assertThat(read.tensors())
                        .extracting(TensorInfo::name)
                        .containsExactly("a.weight", "empty", "scalar \"\u00e9\"", "codes");
                TensorInfo codes = read.find("codes");
                assertThat(codes).isEqualTo(new TensorInfo("codes", Dtype.U8, List.of(13L), 8 + length + 34, 13));
                assertThat(read.data(codes).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(Arrays.copyOfRange(data, 34, 47));
                assertThat(read.find("scalar \"\u00e9\"").elements()).isEqualTo(1);
                assertThat(read.data(read.find("empty")).byteSize()).isZero();
            }
        }
    }

    @Test
    void readsEveryGoldenFile() {
        for (Fixtures.Case golden : Fixtures.cases()) {
            JsonObject shapes = golden.json().object("shapes");
            assertThat(shapes).as(golden.name()).isNotNull();
            assertThat(golden.expected().keys()).as(golden.name()).containsExactlyInAnyOrderElementsOf(shapes.keys());
            for (String key : golden.expected().keys()) {
                int tokens = golden.json().integer("prompt_tokens", 1, 1000);
                if (key.equals("logits")) {
                    assertThat(golden.expected().shape(key)[0]).isEqualTo(tokens);
                }
            }
        }
    }

    @Test
    void writerRefusesTooFewBytes() throws IOException {
        SafetensorsWriter writer = SafetensorsWriter.create(
                folder.resolve("x"), List.of(new SafetensorsWriter.Entry("t", Dtype.F32, List.of(2L))), Map.of());
        assertThatThrownBy(writer::close).isInstanceOf(IOException.class).hasMessageContaining("8 declared bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "-9223372036854775808 | header length 9223372036854775808 exceeds",
                "-1 | header length 18446744073709551615 exceeds",
                "100000001 | header length 100000001 exceeds the limit of 100000000",
                "1000 | header length 1000 reaches beyond the end of the file",
                "0 | does not begin with '{'",
            })
    void refusesHeaderLength(long length, String message) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        refuses(bytes.array(), InvalidModelException.class, message);
    }

    @Test
    void refusesShortFiles() throws IOException {
        for (int size : new int[] {0, 1, 7}) {
            refuses(new byte[size], InvalidModelException.class, size + " bytes is too short");
        }
        refuses(new byte[8], InvalidModelException.class, "does not begin with '{'");
    }

    /** Header text, bytes of data, part of the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "` {}` | 0 | does not begin with '{'",
                "`[]` | 0 | does not begin with '{'",
                "`{}x` | 0 | bad safetensors header",
                "`{}{}` | 0 | text after the end",
                "`{` | 0 | bad safetensors header",
                "`{}` | 1 | 11 bytes long, but its tensors end at byte 10",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'a':{'dtype':'U8','shape':[1],'data_offsets':[1,2]}}` | 2 | Duplicate",
                "`{'a':{'dtype':'U8','dtype':'U8','shape':[1],'data_offsets':[0,1]}}` | 1 | Duplicate",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1],'extra':1}}` | 1 | only dtype, shape and data_offsets",
                "`{'a':{'dtype':'U8','shape':[1]}}` | 1 | tensor a lacks",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[0]}}` | 1 | tensor a lacks",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1,1]}}` | 1 | at most 2 numbers",
                "`{'a':{'dtype':'U8','shape':[-1],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'U8','shape':[1.0],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'U8','shape':[1e0],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'U8','shape':['1'],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'U8','shape':[9007199254740992],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'U8','shape':[18446744073709551617],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'U8','shape':[[1]],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'U8','shape':[1,1,1,1,1,1,1,1,1],'data_offsets':[0,1]}}` | 1 | at most 8 numbers",
                "`{'a':{'dtype':'F32','shape':[4503599627370496,4503599627370496],'data_offsets':[0,1]}}` | 1 | overflows 64 bits",
                "`{'a':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,1]}}` | 1 | whole numbers below 2^53",
                "`{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,3]}}` | 3 | needs 4 bytes, its data_offsets hold 3",
                "`{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}` | 1 | outside the file's 1 bytes",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[1,0]}}` | 1 | data_offsets [1, 0]",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[1,2]}}` | 2 | must not overlap or leave gaps",
                "`{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[2],'data_offsets':[1,3]}}` | 3 | must not overlap or leave gaps",
                "`{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}` | 2 | must not overlap or leave gaps",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'b':{'dtype':'U8','shape':[1],'data_offsets':[2,3]}}` | 3 | must not overlap or leave gaps",
                "`{'a':{'dtype':7,'shape':[1],'data_offsets':[0,1]}}` | 1 | a.dtype: expected a string",
                "`{'a':null}` | 0 | a: expected an object",
                "`{'__metadata__':[]}` | 0 | expected an object of strings",
                "`{'__metadata__':{'k':1}}` | 0 | __metadata__.k: expected a string",
                "`{'__metadata__':{'k':{}}}` | 0 | __metadata__.k: expected a string",
                "`{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},}` | 1 | bad safetensors header",
                "`{/**/}` | 0 | bad safetensors header",
            })
    void refusesHeader(String json, int dataBytes, String message) throws IOException {
        refuses(file(json.replace('\'', '"'), dataBytes), InvalidModelException.class, message);
    }

    @Test
    void refusesUnknownTypeByName() throws IOException {
        refuses(
                file("{\"a\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,1]}}", 1),
                UnsupportedModelException.class,
                "tensor a has dtype F4; readable are [F64, F32,");
    }

    @Test
    void refusesBytesThatAreNotUtf8() throws IOException {
        byte[] bytes = file("{\"aXb\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1);
        bytes[8 + 3] = (byte) 0xC0;
        refuses(bytes, InvalidModelException.class, "not valid UTF-8");
        byte[] utf16 = file(new String("{}".getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1), 0);
        refuses(utf16, InvalidModelException.class, "bad safetensors header");
    }

    @Test
    void refusesLongNamesDeepNestingAndTooManyTensors() throws IOException {
        refuses(
                file("{\"" + "n".repeat(513) + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0),
                InvalidModelException.class,
                "512");
        refuses(file("{\"a\":" + "[".repeat(100_000), 0), InvalidModelException.class, "bad safetensors header");
        StringBuilder many = new StringBuilder("{");
        for (int i = 0; i <= SafetensorsHeader.MAX_TENSORS; i++) {
            many.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(i)
                    .append("\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }
        refuses(file(many.append('}').toString(), 0), InvalidModelException.class, "more than 200000 tensors");
    }

    @Test
    void acceptsTrailingSpacesZeroSizesAndScalars() throws IOException {
        Path file = folder.resolve("ok");
        Files.write(
                file,
                file(
                        "{\"__metadata__\":null,\"s\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]},"
                                + "\"z\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[2,2]}}    ",
                        2));
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Safetensors.map(file, "ok", arena).tensors())
                    .extracting(TensorInfo::form)
                    .containsExactly("BF16 []", "F32 [3, 0]");
        }
    }

    static byte[] file(String header, int dataBytes) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private void refuses(byte[] bytes, Class<? extends SluiceException> type, String message) throws IOException {
        Path file = folder.resolve("bad.safetensors");
        Files.write(file, bytes);
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Safetensors.map(file, "bad.safetensors", arena))
                    .isExactlyInstanceOf(type)
                    .hasMessageContaining("bad.safetensors")
                    .hasMessageContaining(message);
        }
    }
}
