package dev.sluice.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactHeaderTest {
    private static final String PLAIN = "{\"__metadata__\":{\"format\":\"pt\",\"a\":\"\"},"
            + "\"a.b\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[0,12]},"
            + "\"s\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[12,16]}}";

    @TempDir
    Path folder;

    private static boolean read(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new CompactHeader(bytes, new HeaderEntries("t", 0, Long.MAX_VALUE)).read();
    }

    private Safetensors map(String header, Arena arena) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        Path path = folder.resolve("model.safetensors");
        Files.write(path, file.putLong(text.length).put(text).array());
        return Safetensors.map(path, "model.safetensors", arena);
    }

    @Test
    void findsWhatTheParserOfAllJsonFinds() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Safetensors compact = map(PLAIN + " ", arena);
            Safetensors json = map("{ " + PLAIN.substring(1), arena);
            assertThat(read(PLAIN)).isTrue();
            assertThat(read("{ " + PLAIN.substring(1))).isFalse();
            assertThat(compact.tensors()).hasSize(2).isEqualTo(json.tensors());
            assertThat(compact.metadata()).isEqualTo(json.metadata()).isEqualTo(Map.of("format", "pt", "a", ""));
            assertThat(compact.tensors().getFirst().shape()).isEqualTo(List.of(2L, 3L));
        }
    }

    @Test
    void noPartOfAHeaderIsOne() {
        for (int length = 0; length < PLAIN.length(); length++) {
            assertThat(read(PLAIN.substring(0, length))).as("first %d", length).isFalse();
        }
        assertThat(read(PLAIN + "  ")).isTrue();
        assertThat(read(PLAIN + " }")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"a\":{\"shape\":[],\"dtype\":\"F32\",\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4],\"x\":1}}",
                "{\"a\":{\"dtype\":\"F31\",\"shape\":[],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[01],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[0000000000000001],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[9007199254740993],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4,4]}}",
                "{\"a\\n\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                "{\"\u00e9\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                "{\"a\t\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}",
                "{\"__metadata__\":null}",
                "{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[4,8]}}",
            })
    void whateverElseIsLeftToTheParserOfAllJson(String text) {
        assertThat(read(text)).isFalse();
    }

    @Test
    void aNameAsLongAsAllowedIsRead() {
        String rest = "\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}";
        assertThat(read("{\"" + "n".repeat(SafetensorsHeader.MAX_NAME) + rest)).isTrue();
        assertThat(read("{\"" + "n".repeat(SafetensorsHeader.MAX_NAME + 1) + rest))
                .isFalse();
    }
}
