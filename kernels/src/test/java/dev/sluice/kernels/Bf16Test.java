package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class Bf16Test {
    @Test
    void everyCodeSurvivesARoundTrip() {
        for (int code = 0; code < 1 << 16; code++) {
            float value = Bf16.toFloat((short) code);
            if (!Float.isNaN(value)) {
                assertThat(Bf16.round(value)).isEqualTo((short) code);
            } else {
                assertThat(Bf16.toFloat(Bf16.round(value))).isNaN();
            }
        }
    }

    @Test
    void roundsToTheNearestAndTiesToEven() {
        for (int code = 0; code < 0x7F7F; code += 7) {
            float low = Bf16.toFloat((short) code);
            float high = Bf16.toFloat((short) (code + 1));
            int lowBits = code << 16;
            short even = (short) (code % 2 == 0 ? code : code + 1);
            assertThat(Bf16.round(Float.intBitsToFloat(lowBits + 0x7FFF))).isEqualTo((short) code);
            assertThat(Bf16.round(Float.intBitsToFloat(lowBits + 0x8000))).isEqualTo(even);
            assertThat(Bf16.round(Float.intBitsToFloat(lowBits + 0x8001))).isEqualTo((short) (code + 1));
            BigDecimal middle = new BigDecimal(low).add(new BigDecimal(high)).divide(BigDecimal.TWO);
            assertThat(new BigDecimal(Float.intBitsToFloat(lowBits + 0x8000))).isEqualByComparingTo(middle);
        }
    }

    @Test
    void edges() {
        assertThat(Bf16.round(Float.MAX_VALUE)).isEqualTo((short) 0x7F80);
        assertThat(Bf16.round(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xFF80);
        assertThat(Bf16.round(-0f)).isEqualTo((short) 0x8000);
        assertThat(Bf16.toFloat(Bf16.round(Float.intBitsToFloat(0x7F800001)))).isNaN();
        assertThat(Bf16.toFloat(Bf16.round(Float.intBitsToFloat(0x7FFFFFFF)))).isNaN();
    }
}
