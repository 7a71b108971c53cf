package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are quadratic, or overflow the stack, in tokenizers made with regular expressions and plain merging. */
class TokenizerScaleTest {
    private static final int SMALL = 60_000;
    private static final int FACTOR = 4;

    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        tokenizer = TokenizerFixtures.tokenizer("qwen3_5");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "ab",
                "\u00E9",
                "\u4E2D",
                " ",
                "\n",
                " \n",
                "\t ",
                "\u3000",
                "\uD83D\uDE00",
                "\uD83D",
                "7",
                "!",
                "' ",
                "'",
                "<",
                "<|im_start|>",
                "<|im_star",
                "e\u0301",
                "\u0301\u0316",
                "\u1100",
                "\uD83D\uDC69\u200D",
                "aA1 "
            })
    void timeGrowsWithTheLengthOfTheText(String unit) {
        String small = unit.repeat(SMALL / unit.length());
        String large = small.repeat(FACTOR);
        long best = Long.MAX_VALUE;
        long limit = 0;
        // linear is 4, n log n below 5, quadratic 16; a second and third try where the machine was busy
        for (int attempt = 0; attempt < 3 && best > limit; attempt++) {
            long smallTime = Math.max(cpuNanos(small), 20_000_000);
            best = Math.min(best, cpuNanos(large));
            limit = 10 * smallTime;
        }
        assertThat(best).isLessThan(limit);
        assertThat(tokenizer.decode(tokenizer.encode(large, Tokenizer.Specials.ALL), false))
                .isEqualTo(Nfc.of(large).replace('\uD83D', unit.equals("\uD83D") ? '\uFFFD' : '\uD83D'));
    }

    private static long cpuNanos(String text) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(tokenizer.encode(text, Tokenizer.Specials.ALL)).isNotEmpty();
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
    }
}
