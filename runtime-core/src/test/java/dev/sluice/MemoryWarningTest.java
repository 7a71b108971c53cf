package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryWarningTest {
    private static final long GIB = 1 << 30;

    private static ModelReport.Memory memory(long weights, long available) {
        return new ModelReport.Memory(100, weights, GIB / 2, GIB / 4, GIB / 4, available);
    }

    @Test
    void nothingIsSaidOfAModelThatFits() {
        assertThat(memory(2 * GIB, 3 * GIB).warning()).isEmpty();
        assertThat(memory(2 * GIB, Long.MAX_VALUE).warning()).isEmpty();
        assertThat(memory(2 * GIB, 3 * GIB).paged()).isZero();
    }

    @Test
    void ofALargerOneItIsSaidHowMuchPages() {
        ModelReport.Memory larger = memory(4 * GIB, 3 * GIB);
        assertThat(larger.paged()).isEqualTo(2 * GIB);
        assertThat(larger.warning().orElseThrow())
                .contains(
                        "the weights are 4.00 GiB and 2.00 GiB of memory are left",
                        "about 2.00 GiB are read from disk");
    }

    @Test
    void noMoreThanTheWeightsPage() {
        assertThat(memory(4 * GIB, 0).paged()).isEqualTo(4 * GIB);
    }
}
