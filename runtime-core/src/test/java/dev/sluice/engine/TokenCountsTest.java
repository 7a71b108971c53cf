package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenCountsTest {
    @Test
    void countsLikeAMapHoweverOftenItGrows() {
        TokenCounts counts = new TokenCounts(0);
        Map<Integer, Integer> expected = new HashMap<>();
        Random random = new Random(4);
        for (int i = 0; i < 20_000; i++) {
            int id = random.nextInt(5000);
            if (random.nextBoolean()) {
                counts.seen(id);
                expected.merge(id, 0, Integer::sum);
            } else {
                counts.put(id);
                expected.merge(id, 1, Integer::sum);
            }
        }
        Map<Integer, Integer> found = new HashMap<>();
        for (int slot = 0; slot < counts.slots(); slot++) {
            if (counts.id(slot) >= 0) {
                found.put(counts.id(slot), counts.outputs(slot));
            }
        }
        assertThat(found).isEqualTo(expected);
    }
}
