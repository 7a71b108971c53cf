package dev.sluice.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.MatMul;
import org.junit.jupiter.api.Test;

class ScratchTest {
    /** Scales are widened in strips of at most 32 numbers, over the end of what was asked for. */
    private static final int OVER = 31;

    @Test
    void whatCallersAllocateHoldsAllParts() {
        for (int cols = 1; cols <= 70_000; cols++) {
            assertThat(TurnedPanels.size(cols)).as("%d columns", cols).isLessThanOrEqualTo(MatMul.scratch(cols));
        }
    }

    @Test
    void partsThatAreInUseTogetherDoNotOverlap() {
        for (int cols = 1; cols <= 70_000; cols++) {
            assertThat(Scratch.unzipped(cols))
                    .as("%d columns", cols)
                    .isGreaterThanOrEqualTo(Scratch.ROWS + 2 * cols + OVER);
            assertThat(Scratch.tokens(cols))
                    .as("%d columns", cols)
                    .isGreaterThanOrEqualTo(Scratch.unzipped(cols) + cols)
                    .isGreaterThanOrEqualTo(Scratch.scales(cols) + 2 * ((cols + 31) / 32) + OVER)
                    .isGreaterThanOrEqualTo(Scratch.rest(Tile.ROWS));
            assertThat(Scratch.tokens(cols) % 16).isZero();
            assertThat(Scratch.size(cols)).as("%d columns", cols).isLessThanOrEqualTo(TurnedPanels.levels(cols));
        }
    }

    @Test
    void partsAreWholeBlocksAndNoneIsEmpty() {
        for (int cols = 1; cols <= 70_000; cols++) {
            int part = MatMul.part(cols);
            int parts = Scratch.parts(cols);
            assertThat(part % 128).as("%d columns", cols).isZero();
            assertThat(part).isLessThanOrEqualTo(1024);
            assertThat((parts - 1) * part).isLessThan(cols);
            assertThat(parts * part).isGreaterThanOrEqualTo(cols);
        }
    }
}
