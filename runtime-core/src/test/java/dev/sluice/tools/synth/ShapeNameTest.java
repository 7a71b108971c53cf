package dev.sluice.tools.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.models.released.ReleasedModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeNameTest {
    @Test
    void aPartKeepsWhatALayerAndAnExpertCompute() {
        ReleasedModel whole = ShapeName.parse("qwen3-next-80b-a3b");
        ReleasedModel part = ShapeName.parse("Qwen3-Next-80B-A3B@1/5,experts=32");
        assertThat(whole.resized(8, 30_387, 32)).isEqualTo(part);
        assertThat(ShapeName.parse("qwen3-0.6b@1/3").layers()).isEqualTo(9);
        assertThat(ShapeName.parse("qwen3-30b-a3b,experts=8").experts().count()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qwen3-81b | known are qwen3-0.6b, qwen3-1.7b",
                "qwen3-next-80b-a3b@1/0 | n is 1 to 12",
                "qwen3-next-80b-a3b@1/13 | n is 1 to 12",
                "qwen3-next-80b-a3b@1/x | expected NAME",
                "qwen3-next-80b-a3b,experts=9 | expected 10",
                "qwen3-next-80b-a3b,experts=2049 | to 2048",
                "qwen3-8b,experts=8 | has no experts",
                "'' | expected NAME"
            })
    void whatCannotBeIsRefused(String word, String part) {
        assertThatThrownBy(() -> ShapeName.parse(word))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(part);
    }
}
