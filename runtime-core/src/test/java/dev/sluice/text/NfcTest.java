package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NfcTest {
    private static String nfc(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static String nfd(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFD);
    }

    @Test
    void inertCodePointsNeverChangeNorJoinNorMove() {
        BitSet joinsBackwards = new BitSet();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            int[] parts = nfd(Character.toString(c)).codePoints().toArray();
            for (int i = 1; i < parts.length; i++) {
                joinsBackwards.set(parts[i]);
            }
        }
        List<String> wrong = new ArrayList<>();
        int inert = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (Nfc.isInert(c)) {
                String text = Character.toString(c);
                boolean starter = !nfd("\u0345" + text).endsWith("\u0345");
                if (!nfc(text).equals(text) || joinsBackwards.get(c) || !starter) {
                    wrong.add(Integer.toHexString(c));
                }
                inert++;
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(inert).isGreaterThan(120_000);
    }

    @Test
    void mayChangeIsTrueWheneverNfcChangesTheText() {
        SplittableRandom random = new SplittableRandom(3);
        String[] alphabet = {
            "e",
            "a",
            " ",
            "\u0301",
            "\u0316",
            "\u00E9",
            "\u1100",
            "\u1161",
            "\u11A8",
            "\u212B",
            "\u30AB",
            "\u3099",
            "\u0928",
            "\u093C",
            "\u4E2D",
            "\uD83D\uDE00",
            "\uD834\uDD5E",
            "\u0344",
            "\u0F73",
            "\uFFFD"
        };
        int changed = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                text.append(alphabet[random.nextInt(alphabet.length)]);
            }
            byte[] utf8 = Utf8.encode(text.toString());
            if (!nfc(text.toString()).contentEquals(text)) {
                assertThat(Nfc.mayChange(utf8, 0, utf8.length))
                        .as(text.toString())
                        .isTrue();
                changed++;
            }
        }
        assertThat(changed).isGreaterThan(5000);
        byte[] common =
                Utf8.encode("na\u00EFve \u0416\u0438\u0437\u043D\u044C \u4E2D\u6587\u3002 \uD55C\uAE00 \uD83D\uDE00");
        assertThat(Nfc.mayChange(common, 0, common.length)).isFalse();
    }

    @Test
    void longRunsOfMarksNormaliseAsTheJdkDoes() {
        List<Integer> marks = new ArrayList<>();
        for (int c = 0x300; c <= Character.MAX_CODE_POINT; c++) {
            if (CodePoints.isMark(c)) {
                marks.add(c);
            }
        }
        assertThat(marks.size()).isGreaterThan(2000);
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder(round % 3 == 0 ? "" : "xe");
            int few = random.nextInt(1, 400);
            for (int i = random.nextInt(60, 400); i > 0; i--) {
                int[] atOnce = {0x301, 0x316, 0x345, 0x344, 0xF73, 0x1D165};
                int mark = random.nextInt(4) == 0
                        ? atOnce[random.nextInt(atOnce.length)]
                        : marks.get(random.nextInt(marks.size()) / few);
                text.appendCodePoint(mark);
                if (random.nextInt(150) == 0) {
                    text.append('o');
                }
            }
            assertThat(Nfc.of(text.toString())).as("round %d", round).isEqualTo(nfc(text.toString()));
        }
    }

    @Test
    void everyMarkThatMovesHasAnOrder() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String text = Character.toString(c);
            if (nfd(text).equals(text) && c != 0x345 && !Character.isSurrogate((char) Math.min(c, 0xFFFF))) {
                boolean moves = nfd("\u0345" + text).endsWith("\u0345");
                if (moves != (MarkOrder.of(c) != MarkOrder.STARTER)) {
                    Assertions.fail("U+%04X moves %s, order %d".formatted(c, moves, MarkOrder.of(c)));
                }
            }
        }
        assertThat(MarkOrder.of(0x316)).isLessThan(MarkOrder.of(0x301));
        assertThat(MarkOrder.of(0x301)).isEqualTo(MarkOrder.of(0x300));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0301\u0316",
                "\u0344\u0316",
                "\u0F73",
                "\u0F81\u0F71",
                "\uD834\uDD65\uD834\uDD6D",
                "\u0345\u0334a\u0301"
            })
    void aMillionMarksTakeNoTime(String unit) {
        String text = "e" + unit.repeat(1_000_000 / unit.length());
        String normal = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(30), () -> Nfc.of(text));
        assertThat(normal).hasSizeGreaterThan(300_000);
    }
}
