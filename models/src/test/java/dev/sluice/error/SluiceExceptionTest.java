package dev.sluice.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SluiceExceptionTest {
    @Test
    void whatDrivesATerminalIsWrittenOut() {
        assertThat(new InvalidModelException("name \u001b]0;x\u0007 and \u202etxt\r"))
                .hasMessage("name \\u{1b}]0;x\\u{7} and \\u{202e}txt\\u{d}");
        assertThat(new InvalidModelException("two\nlines\t\u00e9 \ud83d\ude00", null))
                .hasMessage("two\nlines\t\u00e9 \ud83d\ude00");
    }
}
