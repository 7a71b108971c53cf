package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
    @Test
    void holdsBackWhatMayBecomeAStopStringAndNothingElse() {
        StopMatcher matcher = new StopMatcher(List.of("\nUser:"));
        assertThat(matcher.append("hello")).isEqualTo("hello");
        assertThat(matcher.append(" you\n")).isEqualTo(" you");
        assertThat(matcher.append("Us")).isEmpty();
        assertThat(matcher.append("ual")).isEqualTo("\nUsual");
        assertThat(matcher.append("\n\nUser")).isEqualTo("\n");
        assertThat(matcher.stopped()).isFalse();
        assertThat(matcher.append(": hi")).isEmpty();
        assertThat(matcher.stopped()).isTrue();
        assertThat(matcher.append("more")).isEmpty();
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void theEndReleasesWhatWasHeld() {
        StopMatcher matcher = new StopMatcher(List.of("END"));
        assertThat(matcher.append("the EN")).isEqualTo("the ");
        assertThat(matcher.finish()).isEqualTo("EN");
    }

    @Test
    void theStopStringThatIsCompleteFirstWins() {
        assertThat(cut("xabcdy", List.of("abcd", "bc"), 6)).isEqualTo("xa");
        assertThat(cut("xabcdy", List.of("bcd", "abcd"), 6))
                .as("the longest at one place")
                .isEqualTo("x");
    }

    @Test
    void theResultDoesNotDependOnThePieces() {
        Random random = new Random(1);
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 40; i++) {
                text.append((char) ('a' + random.nextInt(2)));
            }
            List<String> stops =
                    List.of(random.nextBoolean() ? "aabab" : "bbbb", "ab".repeat(1 + random.nextInt(4)) + "b", "aaaaa");
            String whole = cut(text.toString(), stops, text.length());
            assertThat(whole).isEqualTo(oracle(text.toString(), stops));
            assertThat(cut(text.toString(), stops, 1)).isEqualTo(whole);
            assertThat(cut(text.toString(), stops, 1 + random.nextInt(7))).isEqualTo(whole);
        }
    }

    private static String cut(String text, List<String> stops, int piece) {
        StopMatcher matcher = new StopMatcher(stops);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i += piece) {
            out.append(matcher.append(text.substring(i, Math.min(i + piece, text.length()))));
        }
        return out.append(matcher.finish()).toString();
    }

    private static String oracle(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String head = text.substring(0, end);
            int longest = stops.stream()
                    .filter(head::endsWith)
                    .mapToInt(String::length)
                    .max()
                    .orElse(0);
            if (longest > 0) {
                return text.substring(0, end - longest);
            }
        }
        return text;
    }

    @Test
    void withoutStopStringsTextPassesThrough() {
        StopMatcher matcher = new StopMatcher(List.of());
        assertThat(matcher.append("a")).isEqualTo("a");
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void refusesEmptyLongAndTooManyStopStrings() {
        assertThatThrownBy(() -> new StopMatcher(List.of(""))).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> new StopMatcher(List.of("x".repeat(257))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("257");
        assertThatThrownBy(() -> new StopMatcher(Collections.nCopies(17, "x")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("17");
    }
}
