package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.TapListener;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Weights;
import dev.sluice.testing.Fixtures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpertPagesTest {
    private static final int PROMPT = 40;

    /** Writes down what it is asked for. */
    private static final class Recorder implements PageAdvice {
        private final ConcurrentLinkedQueue<Range> asked = new ConcurrentLinkedQueue<>();
        private final Set<Range> scattered = new LinkedHashSet<>();

        @Override
        public void willNeed(MemorySegment bytes) {
            asked.add(Range.of(bytes));
        }

        @Override
        public void scattered(MemorySegment bytes) {
            scattered.add(Range.of(bytes));
        }

        @Override
        public long pages(MemorySegment bytes) {
            return 0;
        }

        @Override
        public long resident(MemorySegment bytes) {
            return 0;
        }

        private List<Range> take() {
            List<Range> out = List.copyOf(asked);
            asked.clear();
            return out;
        }
    }

    private record Range(long address, long bytes) {
        static Range of(MemorySegment segment) {
            return new Range(segment.address(), segment.byteSize());
        }
    }

    /** The ranges of the experts that the router chose. */
    private static final class Chosen implements TapListener {
        private final Weights weights;
        private final Set<Range> ranges = new LinkedHashSet<>();

        private Chosen(Weights weights) {
            this.weights = weights;
        }

        @Override
        public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {}

        @Override
        public void router(
                String layer, int entry, int position, int[] indices, float[] w, int from, int tokens, int topK) {
            int number = Integer.parseInt(layer.replaceAll("\\D", ""));
            Weights.MoeMlp moe = (Weights.MoeMlp) weights.layers().get(number).mlp();
            Set<Integer> experts = new TreeSet<>();
            for (int i = from; i < from + tokens * topK; i++) {
                experts.add(indices[i]);
            }
            for (int expert : experts) {
                Weights.DenseMlp e = moe.experts().get(expert);
                for (Matrix matrix : List.of(e.gate(), e.up(), e.down())) {
                    ranges.add(Range.of(matrix.data()));
                    if (matrix instanceof Matrix.AffineGroups affine) {
                        ranges.add(Range.of(affine.scales()));
                        ranges.add(Range.of(affine.biases()));
                    }
                }
            }
        }
    }

    private static TestModel open(Fixtures.Case golden, PageAdvice advice) {
        return new TestModel(golden.model(), Kernels.best(), 2, Dtype.F32, PROMPT, advice);
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen3-next-r1-odd", "qwen3-5-moe-fp8", "mlx-4bit-g32"})
    void theChosenExpertsAreAskedForAndNothingElse(String name) {
        Fixtures.Case golden = Fixtures.golden(name);
        int[] ids = golden.expected().ints("input_ids");
        Recorder recorder = new Recorder();
        try (TestModel model = open(golden, recorder);
                SequenceState sequence = model.executor.newSequence()) {
            assertThat(recorder.take()).isEmpty();
            for (int[] step : new int[][] {{0, 1}, {1, 2}, {2, 30}}) {
                Chosen chosen = new Chosen(model.weights());
                model.executor.tap(chosen);
                model.run(sequence, ids, step[0], step[1], Want.LAST);
                List<Range> asked = recorder.take();
                assertThat(asked).doesNotHaveDuplicates();
                assertThat(asked).containsExactlyInAnyOrderElementsOf(chosen.ranges);
                assertThat(asked).isNotEmpty();
                assertThat(recorder.scattered).containsAll(asked);
            }
        }
    }

    @Test
    void manyExpertsAreAskedForByTheMembersInTurn() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-r1-odd");
        Recorder recorder = new Recorder();
        try (TestModel model = open(golden, PageAdvice.NONE)) {
            Weights.MoeMlp moe =
                    (Weights.MoeMlp) model.weights().layers().get(0).mlp();
            List<Matrix> downs =
                    moe.experts().stream().map(Weights.DenseMlp::down).toList();
            multiply(model, downs, new ExpertPages(recorder));
            List<Range> all = new ArrayList<>();
            downs.forEach(matrix -> all.add(Range.of(matrix.data())));
            // the matrix in which one member ends and the next begins is asked for by both
            assertThat(new LinkedHashSet<>(recorder.take())).containsExactlyInAnyOrderElementsOf(all);
        }
    }

    private static void multiply(TestModel model, List<Matrix> matrices, ExpertPages pages) {
        try (Arena arena = Arena.ofShared();
                ThreadTeam team = ThreadTeam.of(3)) {
            Products products =
                    new Products(new Workers(Kernels.best(), team, arena, Scratch.floats(model.architecture()), pages));
            Matrix first = matrices.getFirst();
            Rows x = Pass.rows(arena, 1, first.cols());
            Rows y = Pass.rows(arena, matrices.size(), first.rows());
            products.clear();
            for (int i = 0; i < matrices.size(); i++) {
                products.add(matrices.get(i), x, 0, y, i, 1);
            }
            products.run(pages);
        }
    }

    @Test
    void resultsAreTheSameBitsWithAndWithoutReadingAhead() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-r1-odd");
        int[] ids = golden.expected().ints("input_ids");
        List<float[]> results = new ArrayList<>();
        for (PageAdvice advice : List.of(PageAdvice.NONE, PageAdvice.ofThisSystem())) {
            try (TestModel model = open(golden, advice);
                    SequenceState sequence = model.executor.newSequence()) {
                model.run(sequence, ids, 0, PROMPT - 1, Want.NOTHING);
                results.add(model.logits(model.run(sequence, ids, PROMPT - 1, PROMPT, Want.LAST), 1));
            }
        }
        assertThat(results.get(1)).containsExactly(results.get(0));
    }

    @Test
    void tenExpertsOfALargeModelAreAskedForAtOnceAndAllOfThemAreNot() {
        Fixtures.Case golden = Fixtures.golden("qwen3-next-r1-odd");
        try (TestModel model = open(golden, PageAdvice.NONE)) {
            Weights.DenseMlp expert = ((Weights.MoeMlp)
                            model.weights().layers().get(0).mlp())
                    .experts()
                    .get(0);
            int most = (int) ((128L << 20)
                    / (expert.gate().bytes()
                            + expert.up().bytes()
                            + expert.down().bytes()));
            assertThat(ExpertPages.atOnce(expert, most)).isTrue();
            assertThat(ExpertPages.atOnce(expert, most + 1)).isFalse();
        }
    }
}
