package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.models.checkpoint.NamedArrays;
import dev.sluice.models.checkpoint.Tolerances;
import java.util.List;
import org.junit.jupiter.api.Test;

class FixturesTest {
    @Test
    void everyComparedValueHasATolerance() {
        for (Fixtures.Case golden : Fixtures.cases()) {
            NamedArrays expected = golden.expected();
            for (String key : expected.keys()) {
                boolean compared = key.matches(
                        "logits|greedy_logits|hidden\\..*|tap\\..*|router\\..*\\.weights|state\\..*|mtp\\..*(logits|hidden)");
                if (compared) {
                    assertThat(Tolerances.of(golden.json()).of(key, 0))
                            .as(golden + " " + key)
                            .isBetween(1e-6, 0.01);
                    assertThat(expected.floats(key)).isNotEmpty();
                }
            }
            assertThat(expected.ints("input_ids")).hasSize(golden.json().integer("prompt_tokens", 1, 10_000));
        }
    }

    @Test
    void casesOfEveryFamily() {
        assertThat(Fixtures.cases()).hasSize(18);
        for (String family : List.of("qwen3", "qwen3_moe", "qwen3_next", "qwen3_5", "qwen3_5_moe")) {
            assertThat(Fixtures.cases(family)).as(family).isNotEmpty();
        }
        assertThat(Fixtures.embeddedCase().expected().ints("greedy")).isNotEmpty();
        assertThat(Fixtures.quantize("affine.safetensors").keys()).contains("b4g64.normal.weight");
    }
}
