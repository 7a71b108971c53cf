package dev.sluice.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonTest {
    private static String row(String test, double mean, double deviation) {
        return "{\"model_filename\":\"m\",\"test\":\"" + test + "\",\"n_threads\":2,\"n_batch\":512,\"avg_ts\":" + mean
                + ",\"stddev_ts\":" + deviation + ",\"samples_ts\":[1,2,3,4]}";
    }

    @Test
    void ratiosAndWhatIsBeyondTheSpread() {
        String before = "[" + row("pp512", 100, 10) + "," + row("tg128", 100, 1) + "," + row("tg1", 1, 0) + "]";
        String after = row("pp512", 110, 10) + "\n" + row("tg128", 110, 1) + "\n";
        assertThat(Comparison.of("a", before, "b", after))
                .hasSize(2)
                .satisfiesExactly(
                        first -> {
                            assertThat(first.ratio()).isEqualTo(1.1);
                            // the error of the difference is 10 / sqrt(2) = 7.07
                            assertThat(first.significant()).isFalse();
                        },
                        second -> assertThat(second.significant()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "[]", "[1]", "{\"test\":\"pp1\"}", "{\"test\":\"other\",\"avg_ts\":1}"})
    void whatIsNoResultIsRefused(String other) {
        assertThatThrownBy(() -> Comparison.of("a.json", row("pp1", 1, 0), "b.json", other))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("b.json");
    }
}
