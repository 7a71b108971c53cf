package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "temperature, -0.1",
        "temperature, NaN",
        "temperature, Infinity",
        "temperature, 101",
        "top_k, -1",
        "top_p, 0",
        "top_p, 1.01",
        "top_p, NaN",
        "min_p, -0.1",
        "min_p, 1.1",
        "repetition_penalty, 0",
        "repetition_penalty, NaN",
        "presence_penalty, 2.1",
        "frequency_penalty, -2.1"
    })
    void refusesValuesOutOfRangeByNameAndValue(String field, double value) {
        assertThatThrownBy(() -> with(field, value, Map.of()))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith(field + " is ")
                .hasMessageContaining(field.equals("top_k") ? "-1" : Double.toString(value))
                .hasMessageContaining("expected");
    }

    @Test
    void refusesBadBiases() {
        assertThatThrownBy(() -> with("", 0, Map.of(-1, 1.0))).hasMessageContaining("logit_bias id is -1");
        assertThatThrownBy(() -> with("", 0, Map.of(1, Double.NaN))).hasMessageContaining("logit_bias of id 1 is NaN");
        Map<Integer, Double> many = new HashMap<>();
        for (int i = 0; i <= SamplingOptions.MAX_BIASES; i++) {
            many.put(i, 1.0);
        }
        assertThatThrownBy(() -> with("", 0, many)).hasMessageContaining("1025").hasMessageContaining("at most 1024");
    }

    private static SamplingOptions with(String field, double value, Map<Integer, Double> biases) {
        return new SamplingOptions(
                field.equals("temperature") ? value : 1,
                field.equals("top_k") ? (int) value : 0,
                field.equals("top_p") ? value : 1,
                field.equals("min_p") ? value : 0,
                field.equals("repetition_penalty") ? value : 1,
                field.equals("presence_penalty") ? value : 0,
                field.equals("frequency_penalty") ? value : 0,
                biases,
                0);
    }
}
