package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    private final Arena arena = Arena.ofAuto();

    private static SamplingOptions options(double temperature, int topK, double topP, double minP, long seed) {
        return new SamplingOptions(temperature, topK, topP, minP, 1, 0, 0, Map.of(), seed);
    }

    private static float[] normal(int n, double scale, long seed) {
        Random random = new Random(seed);
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) (random.nextGaussian() * scale);
        }
        return out;
    }

    private Sampler sampler(SamplingOptions options, int size) {
        return new Sampler(options, new Candidates(size), 64);
    }

    private int sample(Sampler sampler, F32 logits, long from) {
        int n = (int) (logits.size() - from);
        F32 maxima = F32.allocate(arena, Activations.blocks(n) + 3);
        Kernels.plain().activations().maxima(logits, from, n, maxima, 3);
        return sampler.sample(logits, from, maxima, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "1,    0.8, 0,   1,    0", "13,   0.8, 5,   0.9,  0", "207,  1.0, 20,  0.95, 0",
        "4098, 0.7, 20,  0.8,  0", "4098, 1.3, 0,   0.9,  0", "4098, 1.0, 0,   1,    0.05",
        "4098, 1.5, 200, 0.97, 0.01", "4098, 5.0, 0,  0.5,  0", "4098, 0.05, 3, 1, 0",
        "4098, 1.0, 9999, 1,  0", "4098, 1.0, 0, 1e-9, 0", "4098, 1.0, 64, 0.7, 0.3",
        "4098, 3.0, 65, 1, 0", "4098, 100, 0, 0.999, 0", "4098, 1.0, 0, 1, 1"
    })
    void drawsWhatTheOracleDraws(int size, double temperature, int topK, double topP, double minP) {
        SamplingOptions options = options(temperature, topK, topP, minP, 42);
        Sampler sampler = sampler(options, size);
        SamplerOracle oracle = new SamplerOracle(options);
        SplitMix64 same = new SplitMix64(42);
        for (int round = 0; round < 30; round++) {
            float[] row = normal(size, 0.5 + round % 5, round);
            int expected = SamplerOracle.draw(oracle.distribution(row), same.nextDouble());
            assertThat(sample(sampler, F32.copyOf(arena, row), 0))
                    .as("round %d", round)
                    .isEqualTo(expected);
        }
    }

    @Test
    void penaltiesAndBiasesEqualTheOraclesOverAGrowingOutput() {
        SamplingOptions options =
                new SamplingOptions(0.9, 40, 0.95, 0, 1.3, 0.7, 0.4, Map.of(3, 2.5, 0, -100.0, 206, 1.0), 7);
        Sampler sampler = sampler(options, 207);
        SamplerOracle oracle = new SamplerOracle(options);
        int[] prompt = {1, 5, 9, 5};
        sampler.prompt(prompt, prompt.length);
        Arrays.stream(prompt).forEach(oracle::prompt);
        SplitMix64 same = new SplitMix64(7);
        for (int round = 0; round < 300; round++) {
            float[] row = normal(207, 1, round);
            int expected = SamplerOracle.draw(oracle.distribution(row), same.nextDouble());
            int id = sample(sampler, F32.copyOf(arena, row), 0);
            assertThat(id).as("round %d", round).isEqualTo(expected).isNotZero();
            sampler.accept(id);
            oracle.accept(id);
        }
    }

    /** What moves the highest logit, raises others and lowers a block's maximum is seen, block by block. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.7})
    void changedLogitsAmongManyBlocksEqualTheOracles(double temperature) {
        int size = 4098;
        for (int round = 0; round < 40; round++) {
            float[] row = normal(size, 2, round);
            Arrays.fill(row, 640, 1280, Float.NEGATIVE_INFINITY);
            int highest = argmax(row);
            row[(highest + 64) % size] = row[highest]; // an equal in the next block
            Map<Integer, Double> bias = Map.of(highest, -3.0, 700, 5.0, 4097, round % 2 * 12.0, 64, 9.0, 127, 9.0);
            SamplingOptions options = new SamplingOptions(temperature, 30, 0.9, 0.01, 1.2, 0.5, 0.5, bias, round);
            Sampler sampler = sampler(options, size);
            SamplerOracle oracle = new SamplerOracle(options);
            int[] prompt = {highest, 1, 2, 3, 4095};
            sampler.prompt(prompt, prompt.length);
            Arrays.stream(prompt).forEach(oracle::prompt);
            SplitMix64 same = new SplitMix64(round);
            for (int token = 0; token < 8; token++) {
                double u = temperature == 0 ? 0 : same.nextDouble();
                int expected = SamplerOracle.draw(oracle.distribution(row), u);
                assertThat(sample(sampler, F32.copyOf(arena, row), 0))
                        .as("round %d, token %d", round, token)
                        .isEqualTo(expected);
                sampler.accept(expected);
                oracle.accept(expected);
            }
        }
    }

    private static int argmax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    @Test
    void eachPenaltyDoesWhatItsNameSays() {
        F32 row = F32.copyOf(arena, 2f, 1.5f, -1f, -1.2f);
        Sampler repetition = sampler(new SamplingOptions(0, 0, 1, 0, 2, 0, 0, Map.of(), 0), 4);
        repetition.prompt(new int[] {0}, 1);
        assertThat(sample(repetition, row, 0)).isEqualTo(1);
        Sampler presence = sampler(new SamplingOptions(0, 0, 1, 0, 1, 0.6, 0, Map.of(), 0), 4);
        presence.prompt(new int[] {0}, 1);
        assertThat(sample(presence, row, 0)).as("the prompt is not output").isZero();
        presence.accept(0);
        assertThat(sample(presence, row, 0)).isEqualTo(1);
        Sampler frequency = sampler(new SamplingOptions(0, 0, 1, 0, 1, 0, 0.3, Map.of(), 0), 4);
        frequency.accept(0);
        assertThat(sample(frequency, row, 0)).isZero();
        frequency.accept(0);
        assertThat(sample(frequency, row, 0)).isEqualTo(1);
        Sampler bias = sampler(new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(3, 5.0), 0), 4);
        assertThat(sample(bias, row, 0)).isEqualTo(3);
    }

    @Test
    void repetitionPenaltyPushesNegativeLogitsDown() {
        Sampler sampler = sampler(new SamplingOptions(0, 0, 1, 0, 2, 0, 0, Map.of(), 0), 2);
        sampler.prompt(new int[] {0}, 1);
        assertThat(sample(sampler, F32.copyOf(arena, -1f, -1.5f), 0)).isEqualTo(1);
    }

    @Test
    void greedyTakesTheLowestIdAmongEquals() {
        float[] row = new float[207];
        row[70] = 3;
        row[100] = 3;
        row[205] = 3;
        assertThat(sample(sampler(SamplingOptions.greedy(), 207), F32.copyOf(arena, row), 0))
                .isEqualTo(70);
    }

    @Test
    void topKAmongEqualsKeepsTheLowestIds() {
        Candidates candidates = new Candidates(500);
        candidates.load(F32.copyOf(arena, new float[500]), 0, F32.copyOf(arena, new float[8]), 0);
        candidates.scan();
        candidates.collect(40, 3);
        candidates.topK(3);
        candidates.weigh(1);
        assertThat(candidates.draw(0.0)).isZero();
        assertThat(candidates.draw(0.5)).isEqualTo(1);
        assertThat(candidates.draw(0.9999)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-300, 0.7, 100})
    void theOnlyPossibleIdIsChosenAtAnyTemperature(double temperature) {
        float[] row = new float[130];
        Arrays.fill(row, Float.NEGATIVE_INFINITY);
        row[129] = -5;
        Sampler sampler = sampler(options(temperature, 20, 0.9, 0.1, 1), 130);
        for (int i = 0; i < 20; i++) {
            assertThat(sample(sampler, F32.copyOf(arena, row), 0)).isEqualTo(129);
        }
    }

    @Test
    void idsBehindTheTokenizersAreNeverChosen() {
        float[] row = normal(256, 1, 3);
        Arrays.fill(row, 200, 256, 50f);
        F32 logits = F32.copyOf(arena, row);
        assertThat(sample(sampler(SamplingOptions.greedy(), 200), logits, 0)).isLessThan(200);
        Sampler sampler = sampler(options(2, 0, 1, 0, 5), 200);
        for (int i = 0; i < 200; i++) {
            assertThat(sample(sampler, logits, 0)).isLessThan(200);
        }
    }

    @Test
    void theRowMayBeginAnywhereAndStaysAsItIs() {
        float[] row = normal(100, 1, 9);
        Sampler sampler = sampler(new SamplingOptions(1, 10, 0.9, 0, 1.5, 1, 1, Map.of(4, 3.0), 11), 90);
        sampler.prompt(new int[] {1, 2, 95}, 3);
        F32 logits = F32.copyOf(arena, row);
        sample(sampler, logits, 7);
        assertThat(logits.toArray(0, 100)).isEqualTo(row);
        float[] alone = Arrays.copyOfRange(row, 7, 97);
        assertThat(sample(sampler(options(1, 5, 1, 0, 2), 90), logits, 7))
                .isEqualTo(sample(sampler(options(1, 5, 1, 0, 2), 90), F32.copyOf(arena, alone), 0));
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void refusesLogitsThatAreNoNumbers(float bad) {
        float[] row = normal(300, 1, 3);
        row[211] = bad;
        assertThatThrownBy(() -> sample(sampler(SamplingOptions.greedy(), 300), F32.copyOf(arena, row), 0))
                .isInstanceOf(ModelBrokenException.class)
                .hasMessageContaining("id 211")
                .hasMessageContaining(Float.toString(bad));
    }

    @Test
    void refusesARowWithoutAnyPossibleId() {
        float[] row = new float[300];
        Arrays.fill(row, Float.NEGATIVE_INFINITY);
        assertThatThrownBy(() -> sample(sampler(options(1, 0, 1, 0, 1), 300), F32.copyOf(arena, row), 0))
                .isInstanceOf(ModelBrokenException.class)
                .hasMessageContaining("-Infinity");
    }

    @Test
    void theDrawsFollowTheDistribution() {
        int size = 40;
        int draws = 200_000;
        float[] row = normal(size, 1.2, 17);
        SamplingOptions options = options(1.1, 30, 0.97, 0.01, 99);
        TreeMap<Integer, Double> distribution = new SamplerOracle(options).distribution(row);
        Sampler sampler = sampler(options, size);
        F32 logits = F32.copyOf(arena, row);
        int[] seen = new int[size];
        for (int i = 0; i < draws; i++) {
            seen[sample(sampler, logits, 0)]++;
        }
        double chiSquare = 0;
        for (int id = 0; id < size; id++) {
            double expected = distribution.getOrDefault(id, 0.0) * draws;
            if (expected == 0) {
                assertThat(seen[id]).as("id %d is cut off", id).isZero();
            } else {
                chiSquare += (seen[id] - expected) * (seen[id] - expected) / expected;
            }
        }
        int freedom = distribution.size() - 1;
        assertThat(freedom).isBetween(15, 29);
        // mean n, deviation sqrt(2n): five deviations
        assertThat(chiSquare).isBetween(freedom - 5 * Math.sqrt(2.0 * freedom), freedom + 5 * Math.sqrt(2.0 * freedom));
    }

    @Test
    void theSameSeedGivesTheSameIdsAndAnotherSeedOthers() {
        assertThat(ids(5)).isEqualTo(ids(5));
        assertThat(ids(5)).isNotEqualTo(ids(6));
    }

    private int[] ids(long seed) {
        Sampler sampler = sampler(options(1, 0, 1, 0, seed), 1000);
        F32 logits = F32.copyOf(arena, normal(1000, 1, 8));
        int[] out = new int[20];
        for (int i = 0; i < out.length; i++) {
            out[i] = sample(sampler, logits, 0);
        }
        return out;
    }

    @Test
    void splitMixGivesThePublishedNumbers() {
        SplitMix64 random = new SplitMix64(1234567);
        assertThat(new long[] {random.nextLong(), random.nextLong(), random.nextLong()})
                .containsExactly(6457827717110365317L, 3203168211198807973L, -8629252141511181193L);
    }

    @Test
    void choosingAllocatesNothing() {
        SamplingOptions options = new SamplingOptions(0.8, 20, 0.9, 0.01, 1.1, 0.5, 0.5, Map.of(7, 1.0), 3);
        Sampler sampler = new Sampler(options, new Candidates(4098), 4000);
        F32 logits = F32.copyOf(arena, normal(4098, 2, 21));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        F32 maxima = F32.allocate(arena, Activations.blocks(4098));
        Kernels.plain().activations().maxima(logits, 0, 4098, maxima, 0);
        sampleMany(sampler, logits, maxima);
        long before = threads.getCurrentThreadAllocatedBytes();
        sampleMany(sampler, logits, maxima);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    }

    /** 1,000 choices; the bound of one byte each leaves room for the measurement's own call only. */
    private static void sampleMany(Sampler sampler, F32 logits, F32 maxima) {
        for (int i = 0; i < 1000; i++) {
            sampler.accept(sampler.sample(logits, 0, maxima, 0));
        }
    }

    @Test
    void refusesABiasOnAnIdTheTokenizerDoesNotKnow() {
        SamplingOptions options = new SamplingOptions(1, 0, 1, 0, 1, 0, 0, Map.of(300, 1.0), 0);
        assertThatThrownBy(() -> sampler(options, 300))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("300")
                .hasMessageContaining("299");
    }
}
