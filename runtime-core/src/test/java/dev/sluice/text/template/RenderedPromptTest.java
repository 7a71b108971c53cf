package dev.sluice.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderedPromptTest {
    @Test
    void aRangeIsTrustedWhenNoCharacterOfItIsContent() {
        int length = 12;
        for (int[] ranges : new int[][] {{}, {0, 12}, {3, 5}, {0, 1, 2, 3, 11, 12}, {4, 8, 9, 10}}) {
            RenderedPrompt prompt = new RenderedPrompt("x".repeat(length), ranges);
            for (int from = 0; from < length; from++) {
                for (int to = from + 1; to <= length; to++) {
                    boolean content = false;
                    for (int i = 0; i < ranges.length; i += 2) {
                        content |= from < ranges[i + 1] && to > ranges[i];
                    }
                    assertThat(prompt.trusted(from, to))
                            .as("[%d, %d)", from, to)
                            .isEqualTo(!content);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2 1", "1 1", "0 1 1 2", "0 4", "-1 2"})
    void badRangesAreRefused(String offsets) {
        int[] ranges = java.util.Arrays.stream(offsets.split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
        assertThatThrownBy(() -> new RenderedPrompt("abc", ranges)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rangesAreCopied() {
        int[] ranges = {0, 1};
        RenderedPrompt prompt = new RenderedPrompt("ab", ranges);
        ranges[1] = 2;
        prompt.contentRanges()[0] = 1;
        assertThat(prompt.contentRanges()).containsExactly(0, 1);
    }
}
