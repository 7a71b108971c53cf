package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CausalConvTest {
    private static final int STRIDE = 640;

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({"1,4,5", "13,4,1", "16,4,2", "24,4,3", "40,2,6", "72,3,4", "128,4,9", "207,5,7", "600,4,5", "64,1,3"})
    void equalsTheOracle(int channels, int taps, int tokens) {
        Run expected = new Run(taps, tokens);
        Run actual = new Run(taps, tokens);
        expected.run(Kernels.plain(), 0, tokens, 0, channels);
        actual.run(Kernels.vector(), 0, tokens, 0, channels);
        Data.assertClose(actual.y.data(), expected.y.data(), 3e-7);
        Data.assertSame(actual.state, expected.state);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.kernels.Data#kernels")
    void piecesOfTokensAndChannelsGiveTheSameBits(Kernels kernels) {
        Run whole = new Run(4, 64);
        whole.run(kernels, 0, 64, 0, 207);
        Run pieces = new Run(4, 64);
        int[] tokens = {0, 7, 8, 10, 64};
        int[] channels = {0, 5, 21, 150, 207};
        for (int t = 0; t < tokens.length - 1; t++) {
            for (int c = 0; c < channels.length - 1; c++) {
                pieces.run(kernels, tokens[t], tokens[t + 1], channels[c], channels[c + 1]);
            }
        }
        Data.assertSame(pieces.y.data(), whole.y.data());
        Data.assertSame(pieces.state, whole.state);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void theStateIsTheLastRawRows(int tokens) {
        Run run = new Run(4, Math.max(1, tokens));
        F32 before = Data.copy(arena, run.state);
        run.run(Kernels.vector(), 0, tokens, 0, 40);
        for (int j = 0; j < 3; j++) {
            int row = tokens - 3 + j;
            for (int c = 0; c < 40; c++) {
                long at = 2 + (long) (row < 0 ? j + tokens : j) * Run.TOTAL + Run.FROM + c;
                float expected = row < 0 ? before.get(at) : run.x.data().get(run.x.row(row + 1L) + Run.X_COLUMN + c);
                assertThat(run.state.get(2 + (long) j * Run.TOTAL + Run.FROM + c))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void channelsOutsideTheRangeAreUntouched() {
        Run run = new Run(4, 3);
        F32 state = Data.copy(arena, run.state);
        run.run(Kernels.vector(), 0, 3, 0, 24);
        for (int j = 0; j < 3; j++) {
            long row = 2 + (long) j * Run.TOTAL;
            Data.assertSame(run.state.slice(row, Run.FROM), state.slice(row, Run.FROM));
            long end = row + Run.FROM + 24;
            Data.assertSame(
                    run.state.slice(end, Run.TOTAL - Run.FROM - 24), state.slice(end, Run.TOTAL - Run.FROM - 24));
        }
        Data.assertSame(run.y.data().slice(0, STRIDE + Run.Y_COLUMN), F32.allocate(arena, STRIDE + Run.Y_COLUMN));
    }

    /** Rows, weights and state at odd places of larger buffers. */
    private final class Run {
        static final int TOTAL = 640;
        static final int FROM = 11;
        static final int X_COLUMN = 5;
        static final int Y_COLUMN = 9;

        final int taps;
        final Rows x;
        final Rows y;
        final F32 weights;
        final F32 state;

        Run(int taps, int tokens) {
            this.taps = taps;
            this.x = Rows.of(Data.random(arena, 1, (tokens + 1) * STRIDE), STRIDE);
            this.y = Rows.of(F32.allocate(arena, (tokens + 1L) * STRIDE), STRIDE);
            this.weights = Data.random(arena, 2, taps * TOTAL);
            this.state = Data.random(arena, 3, taps * TOTAL);
        }

        void run(Kernels kernels, int tokenFrom, int tokenTo, int from, int to) {
            CausalConv.Channels channels = new CausalConv.Channels(FROM + from, to - from, TOTAL, taps);
            kernels.causalConv()
                    .run(
                            x,
                            1 + tokenFrom,
                            X_COLUMN + from,
                            y,
                            1 + tokenFrom,
                            Y_COLUMN + from,
                            tokenTo - tokenFrom,
                            weights,
                            state,
                            2,
                            channels);
        }
    }
}
