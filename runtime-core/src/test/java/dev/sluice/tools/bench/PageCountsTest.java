package dev.sluice.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageCountsTest {
    @Test
    void countsAreReadBehindTheCommandWhateverItsName() {
        String stat = "42 (a) b (c) R 1 2 3 4 5 6 700 8 90 10 11 12\n";
        String io = "rchar: 1\nread_bytes: 4096\ncancelled_write_bytes: 7\n";
        assertThat(PageCounts.of(stat, io)).isEqualTo(new PageCounts(700, 90, 4096));
    }

    @Test
    void whatIsNotToldIsZero() {
        assertThat(PageCounts.of("", "")).isEqualTo(PageCounts.NONE);
        assertThat(PageCounts.of("1 (x) R x", "read_bytes: many\n")).isEqualTo(PageCounts.NONE);
    }

    @Test
    void theyAddUp() {
        PageCounts before = new PageCounts(1, 2, 3);
        PageCounts after = new PageCounts(11, 22, 33);
        assertThat(before.plus(after).minus(before)).isEqualTo(after);
    }
}
