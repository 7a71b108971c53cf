package dev.sluice.tools.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sluice.ActivationType;
import dev.sluice.KvType;
import dev.sluice.ModelReport;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.kernels.probe.UnpackProbe.Form;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.tools.Synth;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On one layer of a dense release and on one block of a sparse one. */
class BenchTest {
    @TempDir
    private static Path temp;

    private static Path dense;
    private static Path sparse;

    @BeforeAll
    static void make() {
        dense = temp.resolve("dense");
        sparse = temp.resolve("sparse");
        Synth.plan("qwen3-0.6b@1/28", Synth.Format.BF16, 1).write(dense, (_, _) -> {});
        Synth.plan("qwen3-next-80b-a3b@1/12,experts=16", Synth.Format.FP8, 1).write(sparse, (_, _) -> {});
    }

    /** Collects what it hears. */
    private static final class Heard implements BenchListener {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void warning(String text) {
            lines.add("warning: " + text);
        }

        @Override
        public void warmUp(String test, int pass, double tokensPerSecond) {
            lines.add("warm-up " + test);
        }

        @Override
        public void repetition(String test, int number, int of, double tokensPerSecond) {
            lines.add(test + " " + number + "/" + of);
        }

        @Override
        public void step(String text) {
            lines.add(text);
        }
    }

    private static BenchPlan plan(String tests, List<Integer> threads, int repetitions) {
        return plan(tests, threads, repetitions, ActivationType.F32);
    }

    private static BenchPlan plan(String tests, List<Integer> threads, int repetitions, ActivationType activations) {
        return new BenchPlan(
                Workload.parse(tests, List.of(0)),
                threads,
                List.of(8),
                KvType.BF16,
                activations,
                repetitions,
                false,
                BenchPlan.ReadAhead.AUTO,
                true,
                true);
    }

    private static Bench bench(Path folder, BenchPlan plan, BooleanSupplier stopped, BenchListener listener) {
        return new Bench(String.valueOf(folder.getFileName()), folder, plan, stopped, listener);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "F32")
    void roundedActivationsAreHeldAgainstTheirOwnPeakOrRefused(ActivationType type) {
        BenchPlan rounded = plan("pp20", List.of(1), 1, type);
        Heard heard = new Heard();
        Optional<String> refusal = type.tier().flatMap(Kernels::refusal);
        if (refusal.isPresent()) {
            assertThatThrownBy(() -> bench(dense, rounded, () -> false, heard))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(refusal.get());
            return;
        }
        BenchReport report = bench(dense, rounded, () -> false, heard).run();
        BenchRow row = report.rows().getFirst();
        assertThat(row.fields().get("backends")).asString().endsWith("+" + type.label());
        assertThat(row.rooflineGflops()).isGreaterThan(row.gflops());
        assertThat(report.environment().get("limits"))
                .asString()
                .contains(type.label() + "_gflops")
                .doesNotContain("fma_gflops");
    }

    @Test
    void aRowForEveryCombinationWithRatesBytesAndLimits() {
        Heard heard = new Heard();
        BenchReport report = bench(dense, plan("pp20,tg3@d70", List.of(1, 2), 2), () -> false, heard)
                .run();
        assertThat(report.complete()).isTrue();
        assertThat(report.rows())
                .extracting(row -> row.workload().label() + " " + row.threads())
                .containsExactly("pp20 1", "tg3 @ d70 1", "pp20 2", "tg3 @ d70 2");
        assertThat(report.rows()).allSatisfy(row -> {
            assertThat(row.nanos()).hasSize(2);
            assertThat(row.percent()).isGreaterThan(0);
            assertThat(row.rooflineGbps()).isGreaterThan(row.gbps());
            assertThat(row.rooflineGflops()).isGreaterThan(row.gflops());
            assertThat(row.fields())
                    .containsKeys("test", "avg_ts", "stddev_ts", "percent_of_roofline", "roofline_gbps")
                    .containsKeys("roofline_gflops", "bytes_per_token", "n_prompt", "n_gen", "samples_ns")
                    .containsKeys("read_ahead", "minor_faults_per_token", "disk_bytes_per_token")
                    .containsEntry("expert_hits", null);
            assertThat(row.paging().readAhead()).isFalse();
            assertThat(row.paging().repetitions()).isEqualTo(2);
            Map<String, Double> shares = row.profile();
            assertThat(shares).isNotNull().containsKeys("matmul", "attention", "wait");
            assertThat(shares.values().stream().mapToDouble(d -> d).sum()).isCloseTo(1, within(0.05));
        });
        assertThat(report.environment()).containsKeys("cpu_info", "jvm_flags", "kernels", "limits", "memory");
        if (report.environment().get("memory") instanceof Map<?, ?> memory
                && memory.get("measured") instanceof Long measured) {
            // 300 MiB of weights, and with two runners 40 MiB of other memory, of which the threads' scratch is most
            assertThat((double) (long) (Long) memory.get("predicted")).isCloseTo(measured, withinPercentage(5));
        }
        assertThat(heard.lines)
                .anyMatch(line -> line.startsWith("warning: keys, values and states before a depth are seeded"))
                .anyMatch(line -> line.equals("pp20 2/2"));
    }

    @Test
    void whatIsMeasuredWhenItIsStoppedStays() {
        AtomicInteger asked = new AtomicInteger();
        // pp20 in chunks of 8 asks three times a run; the third repetition is cut
        BenchReport report = new Bench(
                        "dense", dense, plan("pp20", List.of(1), 5), () -> asked.incrementAndGet() > 8, new Heard())
                .run();
        assertThat(report.complete()).isFalse();
        assertThat(report.rows())
                .singleElement()
                .satisfies(row -> assertThat(row.nanos()).hasSize(2));
    }

    @Test
    void bytesOfADecodedTokenAreThoseOfTheFile() {
        try (LoadedModel model = ModelFolder.open(dense, new LoadOptions(null))) {
            TrafficModel traffic = new TrafficModel(model.architecture(), model.weights(), Dtype.BF16);
            Traffic token = new Traffic();
            traffic.step(token, 1, 10, 1, 0);
            // q 2048, k and v 1024 each, o 2048; three matrices of width 3072; the tied head; one embedding row
            long layer = 2L * 1024 * (2048 + 1024 + 1024 + 2048 + 3 * 3072);
            long vocabulary = model.architecture().vocabSize();
            assertThat(token.weights()).isEqualTo(layer + 2L * 1024 * vocabulary + 2 * 1024);
            assertThat(token.kv()).isEqualTo((10 + 2) * 2L * 2 * 8 * 128);
            assertThat(token.state()).isZero();
            assertThat(token.experts()).isZero();
            assertThat(token.flops()).isEqualTo(layer + 2.0 * 1024 * vocabulary + 11 * 4.0 * 16 * 128);
            assertThat(token.codes()).containsOnly(Map.entry(Form.BF16, layer + 2L * 1024 * vocabulary));
        }
    }

    @Test
    void ofExpertsOnlyTheChosenOnesCount() {
        BenchReport report = bench(sparse, plan("tg2,pp8", List.of(2), 1), () -> false, new Heard())
                .run();
        BenchRow token = report.rows().getFirst();
        assertThat(token.experts()).isEqualTo(4 * 16);
        assertThat(token.visited()).isEqualTo(2 * 4 * 10);
        // gate, up and down of 512 x 2048 codes with a scale for each of 64 blocks
        assertThat(token.traffic().experts()).isEqualTo(2L * 4 * 10 * 3 * (512 * 2048 + 4 * 64));
        BenchRow prompt = report.rows().get(1);
        assertThat(prompt.visited()).isBetween(4L * 10, 4L * 16);
        assertThat(prompt.traffic().state()).isEqualTo(2L * 3 * 4 * (32 * 128 * 128 + 3 * 8192));
    }

    @Test
    void residentAreVisitedExpertsAndWhatIsMappedAroundTheRowsOfTokens() {
        int around = 64 << 10;
        try (LoadedModel model = ModelFolder.open(sparse, new LoadOptions(null))) {
            TrafficModel traffic = new TrafficModel(model.architecture(), model.weights(), Dtype.BF16);
            assertThat(traffic.residentWeights(7) - traffic.residentWeights(4))
                    .isEqualTo(3L * 3 * (512 * 2048 + 4 * 64));
            assertThat(traffic.residentWeights(traffic.experts()))
                    .isGreaterThan(traffic.workingSet() - traffic.stateBytes());
            assertThat(traffic.embeddingAround(new int[] {9})).isIn((long) around, 2L * around);
            assertThat(traffic.embeddingAround(new int[] {9, 9})).isEqualTo(traffic.embeddingAround(new int[] {9}));
            // 4 KiB a row: a thousand rows apart share nothing
            assertThat(traffic.embeddingAround(new int[] {9, 1009, 2009})).isBetween(3L * around, 6L * around);
            int[] all = IntStream.range(0, model.architecture().vocabSize()).toArray();
            assertThat(traffic.embeddingAround(all) - traffic.untiedEmbedding()).isBetween(0L, 2L * around);
        }
        try (LoadedModel model = ModelFolder.open(dense, new LoadOptions(null))) {
            TrafficModel traffic = new TrafficModel(model.architecture(), model.weights(), Dtype.BF16);
            assertThat(traffic.embeddingAround(new int[] {9})).isZero();
        }
    }

    @Test
    void expertsThatSeveralStepsVisitAreCountedOnce() {
        ExpertCount count = new ExpertCount();
        float[] weights = new float[4];
        count.router("a", 0, 0, new int[] {3, 5, 3, 7}, weights, 0, 2, 2);
        assertThat(count.take()).isEqualTo(3);
        count.router("a", 0, 2, new int[] {5, 6}, weights, 0, 1, 2);
        count.router("b", 0, 2, new int[] {5, 6}, weights, 0, 1, 2);
        assertThat(count.take()).isEqualTo(4);
        assertThat(count.different()).isEqualTo(4 + 2);
    }

    @Test
    void moreThanTheRooflineIsAnErrorOfTheBench() {
        Workload workload = new Workload(0, 1, 0);
        BenchPlan plan = plan("tg1", List.of(1), 1);
        try (LoadedModel model = ModelFolder.open(dense, new LoadOptions(null));
                ThreadTeam team = ThreadTeam.of(1);
                Runner runner =
                        new Runner(model, Kernels.best(), team, Dtype.BF16, 8, 8, PageAdvice.NONE, () -> false)) {
            TrafficModel traffic = new TrafficModel(model.architecture(), model.weights(), Dtype.BF16);
            BenchCase one = new BenchCase(workload, 1, 8, runner);
            one.count(traffic, new ExpertCount());
            assertThat(one.repeat()).isTrue();
            // limits that no computer of this century has, and limits that none will have
            BenchReport slow = maker(traffic, plan, 1e3).report(List.of(one), Map.of(), true);
            BenchReport fast = maker(traffic, plan, 1e18).report(List.of(one), Map.of(), true);
            assertThat(slow.rows().getFirst().percent()).isGreaterThan(100);
            assertThat(slow.errors())
                    .singleElement()
                    .asString()
                    .startsWith("tg1 with 1 threads reached ")
                    .contains("% of its roofline");
            assertThat(fast.errors()).isEmpty();
        }
    }

    private static BenchReportMaker maker(TrafficModel traffic, BenchPlan plan, double rate) {
        Limits.Roofline limit =
                new Limits.Roofline(1, rate, "no form", rate, 0, 0, "fma", rate, Map.of(Form.BF16, rate));
        ModelReport report = ModelReport.of(dense, dev.sluice.LoadOptions.DEFAULTS);
        return new BenchReportMaker("dense", report, traffic, "any", plan, Map.of(1, limit));
    }

    @Test
    void refusalsSayWhatAndHowMuch() {
        assertThatThrownBy(() -> bench(dense, plan("tg4@d50000", List.of(1), 1), () -> false, new Heard())
                        .run())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("needs 50004 positions")
                .hasMessageContaining("40960");
        assertThatThrownBy(() -> plan("tg4", List.of(0), 1)).hasMessageContaining("threads is 0, expected 1 to 1024");
        assertThatThrownBy(() -> plan("tg4", List.of(1), 0)).hasMessageContaining("repetitions is 0");
        assertThatThrownBy(() -> plan("tg4", List.of(), 1)).hasMessageContaining("at least one");
    }
}
