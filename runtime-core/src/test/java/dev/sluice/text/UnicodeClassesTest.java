package dev.sluice.text;

import static dev.sluice.text.TokenizerFixtures.ids;
import static dev.sluice.text.TokenizerFixtures.list;
import static dev.sluice.text.TokenizerFixtures.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnicodeClassesTest {
    @Test
    void classesAreThoseOfTheReferenceForEveryCodePoint() {
        Map<String, Object> document = object(TokenizerFixtures.document("unicode-classes.json"));
        Map<String, Object> classes = object(document.get("classes"));
        assertThat(classes).containsOnlyKeys("L", "M", "N", "s");
        assertClass(classes, "L", CodePoints::isLetter);
        assertClass(classes, "M", CodePoints::isMark);
        assertClass(classes, "N", CodePoints::isNumber);
        assertClass(classes, "s", CodePoints::isSpace);
    }

    private static void assertClass(Map<String, Object> classes, String name, IntPredicate predicate) {
        BitSet expected = new BitSet();
        for (Object range : list(classes.get(name))) {
            int[] bounds = ids(range);
            expected.set(bounds[0], bounds[1] + 1);
        }
        BitSet found = new BitSet();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            found.set(c, predicate.test(c));
        }
        assertThat(found).as(name).isEqualTo(expected);
    }

    @Test
    void contractionsFoldAsInTheReference() {
        Map<String, Object> fold = object(
                object(TokenizerFixtures.document("unicode-classes.json")).get("case_insensitive"));
        assertThat(fold).hasSize(8);
        List<String> wrong = new ArrayList<>();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (!CodePoints.isLetter(c)) {
                continue;
            }
            for (String second : new String[] {"x", "e", "E", "l", "L", "\u017F", "\u1E9E"}) {
                String tail = Character.toString(c) + second + "yz";
                byte[] text = Utf8.encode("'" + tail);
                int length = contraction(tail, fold);
                int expected = length == 0 ? text.length : Utf8.encode("'" + tail.substring(0, length)).length;
                if (SplitRule.QWEN3.next(text, 0, text.length) != expected) {
                    wrong.add(tail);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Chars of the contraction at the beginning of {@code tail}; all characters that fold are in the BMP. */
    private static int contraction(String tail, Map<String, Object> fold) {
        for (String word : new String[] {"s", "t", "re", "ve", "m", "ll", "d"}) {
            boolean matches = true;
            for (int i = 0; i < word.length(); i++) {
                int c = tail.charAt(i);
                matches &= IntStream.of(ids(fold.get(word.substring(i, i + 1)))).anyMatch(folded -> folded == c);
            }
            if (matches) {
                return word.length();
            }
        }
        return 0;
    }
}
