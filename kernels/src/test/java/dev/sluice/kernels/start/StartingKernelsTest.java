package dev.sluice.kernels.start;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kernels.EveryKernel;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.vector.MatrixSamples;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StartingKernelsTest {
    private final AtomicInteger made = new AtomicInteger();

    private Kernels starting(long grace) {
        int width = Integer.parseInt(Kernels.vector().name().substring("vector-".length())) / 32;
        VectorTier tier = new VectorTier(
                () -> {
                    made.incrementAndGet();
                    return Kernels.vector();
                },
                grace);
        return StartingKernels.of(width, tier);
    }

    @Test
    void whoeverComputesTheBitsStayTheSame() {
        Kernels kernels = starting(0);
        Map<String, float[]> expected = EveryKernel.run(Kernels.vector(), 5);
        for (int round = 0; round < 12; round++) {
            EveryKernel.run(kernels, 5)
                    .forEach((name, numbers) -> assertThat(numbers).as(name).isEqualTo(expected.get(name)));
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void noVectorsAreLoadedWithinTheGrace() {
        EveryKernel.run(starting(Long.MAX_VALUE), 5);
        assertThat(made).hasValue(0);
    }

    @Test
    @Timeout(60)
    void aLargeProductDoesNotWaitForTheGrace() throws InterruptedException {
        VectorTier tier = new VectorTier(Kernels::vector, 1_000_000_000_000_000L);
        tier.begins(15_000_000);
        assertThat(tier.kernels()).isNull();
        tier.begins(16_000_000);
        while (tier.kernels() == null) {
            Thread.sleep(1);
        }
    }

    @Test
    void theFasterFormWinsAndOnlyThen() {
        VectorTier tier = new VectorTier(Kernels::vector, 0);
        Contest contest = new Contest(tier);
        contest.scalar(100, 10);
        contest.vector(99, 10);
        contest.vector(99, 10);
        contest.vector(101, 10);
        assertThat(contest.won()).isFalse();
        contest.vector(99, 10);
        contest.vector(99, 10);
        contest.vector(99, 10);
        assertThat(contest.won()).isTrue();
    }

    @Test
    void callsTooShortToTellEndOnTheVectorForm() {
        Contest contest = new Contest(new VectorTier(Kernels::vector, 0));
        contest.scalar(100, 10);
        for (int trial = 1; trial < 2000; trial++) {
            contest.vector(100, 10);
        }
        assertThat(contest.won()).isFalse();
        contest.vector(100, 10);
        assertThat(contest.won()).isTrue();
    }

    /** A norm that decoding calls now and then would else wait for thousands of tokens. */
    @Test
    @Timeout(60)
    void whatIsSeldomCalledGetsItsTrialsInTime() throws InterruptedException {
        VectorTier tier = new VectorTier(Kernels::vector, 0);
        Contest contest = new Contest(tier);
        while (tier.kernels() == null) {
            Thread.sleep(1);
        }
        long trial = 500_000 + tier.allowance();
        contest.scalar(100, 10);
        contest.vector(trial, 10);
        assertThat(contest.next()).isNull();
        while (contest.next() == null) {
            Thread.sleep(1);
        }
        assertThat(tier.allowance()).isGreaterThanOrEqualTo(trial - 100);
    }

    /** Real work on the vector form gets it compiled, after which it has all of the work. */
    @Test
    void productsEndOnTheVectorForm() {
        Kernels kernels = starting(0);
        AtomicInteger rounds = new AtomicInteger();
        try (Arena arena = Arena.ofConfined()) {
            Matrix w = MatrixSamples.random(arena, MatrixSamples.FORMS.get(2), 512, 512, 8, new Random(1));
            Rows x = Rows.allocate(arena, 1, 512);
            Rows y = Rows.allocate(arena, 1, 512);
            F32 scratch = F32.allocate(arena, MatMul.scratch(512));
            StartingMatMul matMul = (StartingMatMul) kernels.matMul();
            while (!matMul.won(w, 1) && rounds.incrementAndGet() < 200_000) {
                matMul.multiply(w, x, 0, y, 0, 1, 0, 512, scratch);
            }
            assertThat(matMul.won(w, 1)).as("after %s rounds", rounds).isTrue();
        }
    }
}
