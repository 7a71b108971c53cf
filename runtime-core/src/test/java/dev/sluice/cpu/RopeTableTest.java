package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.kernels.F32;
import dev.sluice.models.Architecture.RopeSpec;
import dev.sluice.models.Architecture.Yarn;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/** Angles of long contexts, against the numbers of {@code spec/model.md} §7. */
class RopeTableTest {
    private static final double ATTENTION = 1.1386294361;

    /** Hybrids at factor 4: pair and its angle per position. */
    private static final double[][] STRETCHED = {
        {15, 4.7423982268e-4},
        {22, 3.8498163151e-6},
        {31, 4.1370427499e-8}
    };

    @Test
    void yarnAtAMillionPositions() {
        try (Arena arena = Arena.ofConfined()) {
            RopeTable table = new RopeTable(arena, new RopeSpec(1e7, 64, new Yarn(4, 262_144, 32, 1, ATTENTION)));
            table.extendTo(1_010_000);
            assertThat(table.half()).isEqualTo(32);
            for (int position : new int[] {0, 1, 262_143, 262_144, 1_009_999}) {
                F32 rows = table.table(position);
                long at = table.at(position);
                for (double[] pair : STRETCHED) {
                    double angle = position * pair[1];
                    assertThat((double) rows.get(at + (long) pair[0]))
                            .isCloseTo(Math.cos(angle) * ATTENTION, within(3e-7));
                    assertThat((double) rows.get(at + 32 + (long) pair[0]))
                            .isCloseTo(Math.sin(angle) * ATTENTION, within(3e-7));
                }
                // fast pairs turn as before
                double first = Math.pow(1e7, -2.0 / 64) * position;
                assertThat((double) rows.get(at + 1)).isCloseTo(Math.cos(first) * ATTENTION, within(3e-7));
            }
        }
    }

    @Test
    void withoutYarnNothingIsScaled() {
        try (Arena arena = Arena.ofConfined()) {
            RopeTable table = new RopeTable(arena, new RopeSpec(1e7, 64, null));
            table.extendTo(262_144);
            for (int i = 0; i < 32; i++) {
                double angle = 262_143 * Math.pow(1e7, -2.0 * i / 64);
                long at = table.at(262_143);
                assertThat((double) table.table(262_143).get(at + i)).isCloseTo(Math.cos(angle), within(2e-7));
            }
        }
    }
}
