package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What text becomes on its way to a terminal. */
class DisplayTest {
    @Test
    void nothingInATextCommandsTheTerminal() {
        assertThat(PlainText.safe("tab\tline\nüx😀")).isEqualTo("tab\tline\nüx😀");
        assertThat(PlainText.safe("\u001b]0;title\u0007\u009b2J\rgone\u007f"))
                .isEqualTo("\\x1b]0;title\\x07\\x9b2Jgone\\x7f");
    }

    @Test
    void wordsAreKeptWhole() {
        assertThat(wrapped(12, "Once up", "on a ti", "me, there was")).isEqualTo("Once upon a\ntime, there\nwas");
        assertThat(wrapped(12, "a  b\n\n  c")).isEqualTo("a  b\n\n  c");
        assertThat(wrapped(6, "abcdefghijkl mn")).isEqualTo("abcdefghijkl\nmn");
        assertThat(wrapped(7, "世界 世界 世")).isEqualTo("世界\n世界\n世");
        assertThat(wrapped(10, "Code:\n```\nint answer = 42;\n```\nthat was the code"))
                .isEqualTo("Code:\n```\nint answer = 42;\n```\nthat was\nthe code");
    }

    private static String wrapped(int columns, String... pieces) {
        WordWrap wrap = new WordWrap(() -> columns);
        StringBuilder out = new StringBuilder();
        for (String piece : pieces) {
            out.append(wrap.feed(piece));
        }
        return out.append(wrap.flush()).toString();
    }

    @Test
    void aWordIsNotHeldBackLongerThanALine() {
        WordWrap wrap = new WordWrap(() -> 4);
        assertThat(wrap.feed("ab")).isEmpty();
        assertThat(wrap.feed("cdef")).isEqualTo("abcd");
    }

    @Test
    void progressFitsItsLine() {
        ProgressBar bar = new ProgressBar("prefill", "t/s");
        assertThat(bar.text(0, 4096, 18_231, "", 60, 16)).isEqualTo("prefill 4,096/18,231 · 256 t/s · eta 55 s");
        assertThat(bar.text(2048, 4096, 8192, "", 80, 16))
                .isEqualTo("prefill [##########..........] 4,096/8,192 · 128 t/s · eta 32 s");
        assertThat(bar.text(0, 0, 100, "", 30, 3)).isEqualTo("prefill 0/100");
        assertThat(bar.text(0, 3.75, 15, DiskReads.text(3L << 30, 12), 78, 12))
                .isEqualTo("prefill 3/15 · 0.3 t/s · eta 36 s · 3.00 GiB read, 256.00 MiB/s");
        assertThat(bar.text(0, 0.9, 15, DiskReads.text(1 << 20, 12), 78, 12))
                .isEqualTo("prefill [#...................] 0/15 · 0.08 t/s · eta 188 s");
        assertThat(PlainText.cut("prefill 4,096/18,231", 10)).isEqualTo("prefill 4…");
    }

    @ParameterizedTest
    @CsvSource({"/hepl,/help", "/clea,/clear", "/cl,/clear", "/exot,/exit", "/frobnicate,", "/,", "x,"})
    void aMistypedWordIsRecognised(String typed, String meant) {
        assertThat(Suggestion.of(typed, Slash.words()).orElse(null)).isEqualTo(meant);
    }

    @Test
    void aLineTooLongGoesOnBelowItsText() {
        String lines = "model   tiny\nlayers  3 x this, 1 x  that, twice\n";
        assertThat(PlainText.folded(lines, 80, 8)).isEqualTo(lines);
        assertThat(PlainText.folded(lines, 22, 8))
                .isEqualTo("model   tiny\nlayers  3 x this, 1 x \n        that, twice\n");
        assertThat(PlainText.folded("folder  /a/folder/with/a/long/name here\n", 16, 8))
                .isEqualTo("folder  /a/folder/with/a/long/name here\n");
    }

    @Test
    void rowsGoBelowEachOtherWhereTheScreenIsNarrow() {
        List<String[]> rows =
                List.<String[]>of(new String[] {"/set NAME VALUE", "change an option of this conversation"});
        assertThat(PlainText.table(rows, 80)).isEqualTo("/set NAME VALUE  change an option of this conversation\n");
        assertThat(PlainText.table(rows, 40))
                .isEqualTo("/set NAME VALUE\n    change an option of this\n    conversation\n");
    }
}
