package dev.sluice.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Fuzz;
import dev.sluice.testing.JsonDamage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SafetensorsFuzzTest {
    private static final List<String> HEADERS =
            List.of("""
            {"__metadata__":{"format":"pt"},
            "a.weight":{"dtype":"BF16","shape":[3,5],"data_offsets":[0,30]},
            "a.scale":{"dtype":"F32","shape":[],"data_offsets":[30,34]},
            "empty":{"dtype":"F16","shape":[0,7],"data_offsets":[34,34]},
            "codes":{"dtype":"U8","shape":[6],"data_offsets":[34,40]}}""", "{\"x\":{\"dtype\":\"I64\",\"shape\":[1,1,5],\"data_offsets\":[0,40]}}  ", """
            {"b":{"shape":[4,4],"data_offsets":[20,36],"dtype":"F8_E4M3"},"a":{"data_offsets":[0,20],"dtype":"F32",\
            "shape":[5]},"c":{"dtype":"BOOL","shape":[4],"data_offsets":[36,40]},"__metadata__":null}""");

    private static final int DATA = 40;

    private final JsonDamage headers = new JsonDamage(HEADERS.stream()
            .map(header -> header.getBytes(StandardCharsets.UTF_8))
            .toList());

    private final Fuzz<byte[]> fuzz =
            new Fuzz<>("safetensors", this::file, SafetensorsFuzzTest::headerIsJson, this::read, 8 << 20);

    @Test
    void damagedFilesAreReadOrRefused() {
        fuzz.run(1, 150_000);
    }

    @Test
    @Tag("full")
    void manyDamagedFilesAreReadOrRefused() {
        fuzz.run(2, 3_000_000);
    }

    private byte[] file(SplittableRandom random) {
        byte[] header = headers.damaged(random);
        int odd = random.nextInt(32);
        int data = odd == 0 ? random.nextInt(2 * DATA) : DATA;
        long length = odd == 1 ? header.length + random.nextLong(-9, 10) : odd == 2 ? random.nextLong() : header.length;
        byte[] file = ByteBuffer.allocate(8 + header.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(header)
                .array();
        return odd == 3 ? Arrays.copyOf(file, random.nextInt(file.length)) : file;
    }

    private static boolean headerIsJson(byte[] file) {
        if (file.length < 9) {
            return false;
        }
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return length > 0
                && length <= file.length - 8
                && JsonDamage.isJson(Arrays.copyOfRange(file, 8, 8 + (int) length));
    }

    /** What is accepted covers the data exactly once. */
    private void read(byte[] file) throws IOException {
        SafetensorsHeader header = SafetensorsHeader.read(new MemoryChannel(file), file.length, "f.safetensors");
        long next = 8 + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        for (TensorInfo tensor : header.tensors()) {
            assertThat(tensor.offset()).isEqualTo(next);
            assertThat(tensor.elements()).isEqualTo(tensor.shape().stream().reduce(1L, Math::multiplyExact));
            next += tensor.bytes();
        }
        assertThat(next).isEqualTo(file.length);
    }
}
