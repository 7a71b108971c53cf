package dev.sluice.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.Dtype;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotFiniteTest {
    /** Every length around a word of eight bytes, and every place in it. */
    @ParameterizedTest
    @CsvSource({
        "F64, 7FEFFFFFFFFFFFFF, FFF0000000000000",
        "F32, 7F7FFFFF, FF800000",
        "F32, FF7FFFFF, 7FC00000",
        "BF16, FF7F, 7F80",
        "BF16, 7F7F, FFC0",
        "F16, FBFF, 7C00",
        "F8_E4M3, FE, 7F",
        "F8_E4M3, 7E, FF",
        "F8_E5M2, 7B, FC"
    })
    void theFirstIsFoundWhereverItLies(Dtype type, String largest, String bad) {
        int bytes = type.bits() / Byte.SIZE;
        NotFinite pattern = Objects.requireNonNull(NotFinite.of(type));
        for (int count = 1; count <= 19; count++) {
            byte[] data = new byte[count * bytes];
            for (int i = 0; i < count; i++) {
                put(data, i, largest);
            }
            assertThat(pattern.anyIn(MemorySegment.ofArray(data))).isFalse();
            for (int at = count - 1; at >= 0; at--) {
                put(data, at, bad);
                MemorySegment values = MemorySegment.ofArray(data);
                assertThat(pattern.anyIn(values)).isTrue();
                assertThat(pattern.firstIn(values)).isEqualTo(at);
                assertThat(pattern.countIn(values)).isEqualTo(count - at);
            }
        }
    }

    private static void put(byte[] data, int index, String hex) {
        int bytes = hex.length() / 2;
        long value = Long.parseUnsignedLong(hex, 16);
        for (int i = 0; i < bytes; i++) {
            data[index * bytes + i] = (byte) (value >>> (i * Byte.SIZE));
        }
    }

    @Test
    void wholeNumbersAreAllFinite() {
        assertThat(NotFinite.of(Dtype.U32)).isNull();
    }
}
