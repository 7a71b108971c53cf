package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.ThreadTeam;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharesTest {
    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 3, 1", "7, 3, 1", "1000, 1, 1", "1000, 2, 64", "1001, 3, 400", "99991, 4, 5"})
    void everyUnitIsTakenOnce(int total, int members, int least) {
        Shares shares = new Shares(members);
        AtomicIntegerArray taken = new AtomicIntegerArray(total);
        try (ThreadTeam team = ThreadTeam.of(members)) {
            for (int round = 1; round <= 20; round++) {
                shares.begin(total, least);
                team.run((member, count) -> takeAll(shares, member, count, taken));
                for (int unit = 0; unit < total; unit++) {
                    assertThat(taken.get(unit)).isEqualTo(round);
                }
            }
        }
    }

    private static void takeAll(Shares shares, int member, int members, AtomicIntegerArray taken) {
        for (int i = 0; i < members; i++) {
            int band = (member + i) % members;
            for (long from = shares.take(band); from >= 0; from = shares.take(band)) {
                for (long unit = from; unit < shares.end(band, from); unit++) {
                    taken.incrementAndGet((int) unit);
                }
            }
        }
    }

    @Test
    void aBandGoesByHalvesDownToAThirtySecond() {
        Shares shares = new Shares(2);
        shares.begin(3200, 10);
        assertThat(shares.take(0)).isZero();
        assertThat(shares.take(0)).isEqualTo(800);
        assertThat(shares.take(0)).isEqualTo(1200);
        assertThat(shares.take(1)).isEqualTo(1600);
        assertThat(shares.end(1, 1600)).isEqualTo(2400);
        assertThat(shares.end(1, 3100)).isEqualTo(3150);
        assertThat(shares.end(1, 3150)).isEqualTo(3200);
    }

    @Test
    void aRestBelowTheSmallestPieceGoesWithTheLastOne() {
        Shares shares = new Shares(1);
        shares.begin(25, 10);
        assertThat(shares.take(0)).isZero();
        assertThat(shares.end(0, 0)).isEqualTo(12);
        assertThat(shares.take(0)).isEqualTo(12);
        assertThat(shares.end(0, 12)).isEqualTo(25);
        assertThat(shares.take(0)).isEqualTo(-1);
    }

    @Test
    void whoIsDoneTakesFromTheOthers() {
        Shares shares = new Shares(2);
        shares.begin(1000, 1);
        AtomicIntegerArray taken = new AtomicIntegerArray(1000);
        takeAll(shares, 1, 2, taken);
        assertThat(shares.take(0)).isEqualTo(-1);
        for (int unit = 0; unit < 1000; unit++) {
            assertThat(taken.get(unit)).isOne();
        }
    }
}
