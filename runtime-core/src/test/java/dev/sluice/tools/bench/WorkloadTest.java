package dev.sluice.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {
    @Test
    void testsAreReadAsLlamaBenchNamesThem() {
        assertThat(Workload.parse("pp512, tg128,pg512,128,tg64@d4096,pg16,4@d8", List.of(0)))
                .containsExactly(
                        new Workload(512, 0, 0),
                        new Workload(0, 128, 0),
                        new Workload(512, 128, 0),
                        new Workload(0, 64, 4096),
                        new Workload(16, 4, 8))
                .extracting(Workload::label)
                .containsExactly("pp512", "tg128", "pp512+tg128", "tg64 @ d4096", "pp16+tg4 @ d8");
    }

    @Test
    void depthsMultiplyTestsAndRepeatsCountOnce() {
        assertThat(Workload.parse("pp8,tg4,pp8", List.of(0, 16)))
                .containsExactly(
                        new Workload(8, 0, 0), new Workload(0, 4, 0), new Workload(8, 0, 16), new Workload(0, 4, 16));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pp | no test is called \"pp\"",
                "xx512 | there are ppN",
                "pp0 | has 0 tokens",
                "tg9999999999 | 9999999999",
                "pp2000000 | expected 0 to 1048576",
                "pg512 | needs two numbers",
                "pg0,0 | does nothing"
            })
    void whatCannotBeRunIsRefused(String tests, String message) {
        assertThatThrownBy(() -> Workload.parse(tests, List.of(0)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7 | 7",
                "1,2,4 | 1,2,4",
                "3-5 | 3,4,5",
                "128-512+128 | 128,256,384,512",
                "128-1000*2 | 128,256,512",
                "1,8-9 | 1,8,9"
            })
    void listsAndRanges(String text, String numbers) {
        assertThat(NumberList.parse("-p", text, 0, 1000))
                .extracting(String::valueOf)
                .containsExactly(numbers.split(","));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | expected numbers",
                "1,,2 | expected numbers",
                "-5 | expected numbers",
                "1-5/2 | expected numbers",
                "5-1 | ends before it begins",
                "0-8*2 | would not end",
                "1-8*1 | expected 2 or more",
                "0-1000+0 | expected 1 to",
                "1001 | expected 0 to 1000",
                "99999999999999999999 | expected 0 to 1000"
            })
    void badLists(String text, String message) {
        assertThatThrownBy(() -> NumberList.parse("-p", text, 0, 1000))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageStartingWith("-p")
                .hasMessageContaining(message);
    }
}
