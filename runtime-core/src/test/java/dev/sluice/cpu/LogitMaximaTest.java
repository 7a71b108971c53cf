package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.Batch.Want;
import dev.sluice.kernels.Activations;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The maxima that come with logits, and the choice by them, against a plain look at every logit. */
class LogitMaximaTest {
    private final Arena arena = Arena.ofShared();
    private final Random random = new Random(11);

    @AfterEach
    void close() {
        arena.close();
    }

    /** A head of one column: logit {@code r} of token {@code t} is {@code column[r] * (t + 1)}. */
    private CpuResult result(int members, int tokens, float... column) {
        Matrix head = new Matrix.Dense(
                Dtype.F32, column.length, 1, F32.copyOf(arena, column).segment());
        CpuResult result = new CpuResult(head);
        try (ThreadTeam team = ThreadTeam.of(members)) {
            Workers workers =
                    new Workers(Kernels.vector(), team, arena, MatMul.scratch(1), new ExpertPages(PageAdvice.NONE));
            Rows hidden = Rows.allocate(arena, tokens, 1);
            for (int t = 0; t < tokens; t++) {
                hidden.data().set(hidden.row(t), t + 1);
            }
            result.begin();
            result.add(tokens, Want.ALL);
            result.reserve();
            result.compute(hidden, new Products(workers));
        }
        return result;
    }

    private static float[] logits(CpuResult result, int row, int n) {
        return result.logits(0, row).toArray(result.logitsAt(0, row), n);
    }

    private static int argmax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    private void check(CpuResult result, int tokens, int n) {
        for (int t = 0; t < tokens; t++) {
            float[] logits = logits(result, t, n);
            F32 expected = F32.allocate(arena, Activations.blocks(n));
            Kernels.plain().activations().maxima(F32.copyOf(arena, logits), 0, n, expected, 0);
            assertThat(result.maxima(0, t).toArray(result.maximaAt(0, t), Activations.blocks(n)))
                    .as("maxima of token %d", t)
                    .containsExactly(expected.toArray(0, Activations.blocks(n)));
            assertThat(result.argmax(0, t)).as("choice of token %d", t).isEqualTo(argmax(logits));
        }
    }

    private float[] column(int n) {
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) random.nextGaussian();
        }
        return out;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 1000, 33_000, 151_936})
    void everyBlockHasItsMaximumWhoeverComputesIt(int n) {
        for (int members : new int[] {1, 2, 3}) {
            for (int tokens : new int[] {1, 3, 6}) {
                try (CpuResult result = result(members, tokens, column(n))) {
                    check(result, tokens, n);
                }
            }
        }
    }

    @Test
    void theLowestAmongEqualsIsChosen() {
        for (int[] equals : new int[][] {{0, 1}, {63, 64}, {130, 190, 999}, {999}}) {
            float[] column = new float[1000];
            Arrays.fill(column, -1);
            for (int id : equals) {
                column[id] = 2;
            }
            try (CpuResult result = result(2, 1, column)) {
                assertThat(result.argmax(0, 0)).isEqualTo(equals[0]);
            }
        }
    }

    @Test
    void zerosOfEitherSignAreEqual() {
        float[] column = new float[200];
        Arrays.fill(column, 0, 150, -0f);
        try (CpuResult result = result(1, 1, column)) {
            assertThat(result.argmax(0, 0)).isZero();
        }
    }

    /** One in a block of its own, at the start, beside the highest: the choice is that of a look at every logit. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 130, 199})
    void noNumbersAndMasksChangeNothing(int at) {
        for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
            float[] column = column(200);
            column[131] = 9;
            column[at] = value;
            try (CpuResult result = result(2, 2, column)) {
                check(result, 2, 200);
            }
        }
    }

    @Test
    void ofMasksOnlyTheFirstIsChosen() {
        float[] column = new float[200];
        Arrays.fill(column, Float.NEGATIVE_INFINITY);
        try (CpuResult result = result(2, 1, column)) {
            assertThat(result.argmax(0, 0)).isZero();
        }
    }
}
