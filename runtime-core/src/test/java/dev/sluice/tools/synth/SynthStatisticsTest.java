package dev.sluice.tools.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.TapListener;
import dev.sluice.kernels.Rows;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.ReleasedModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random weights must keep a model as busy as trained ones do. */
class SynthStatisticsTest {
    private static final int TOKENS = 10_000;
    private static final int SEQUENCE = 500;

    /** With 500 ids an expert's share would scatter by 8 % for want of different tokens alone. */
    private static final int VOCAB = 20_000;

    @TempDir
    private Path temp;

    @Test
    void everyExpertIsUsed() {
        expertsAreBalanced(TinyModels.hybrid(4, VOCAB), Form.BF16);
    }

    @Test
    @Tag("full")
    void everyExpertIsUsedInDeepModelsAndQuantisedOnes() {
        expertsAreBalanced(TinyModels.hybrid(48, VOCAB), Form.AFFINE4);
        expertsAreBalanced(ShapeName.parse("qwen3.5-35b-a3b@1/10,experts=64"), Form.FP8);
    }

    @Test
    @Tag("full")
    void twoThousandTokensStayFinite() {
        for (ReleasedModel model : TinyModels.all()) {
            Path folder = temp.resolve(model.type());
            new SynthFolder(model, Form.BF16, 3).write(folder, _ -> {});
            try (SynthRun run = new SynthRun(folder)) {
                assertThat(Arrays.stream(run.decode(new int[] {1}, 2000)))
                        .allMatch(deviation -> deviation > 0.5 && deviation < 10);
            }
        }
    }

    /** Over random tokens no expert may be chosen 30 % more or less often than the mean, in any layer. */
    private void expertsAreBalanced(ReleasedModel model, Form form) {
        Path folder = temp.resolve("model-" + model.layers() + form);
        new SynthFolder(model, form, 3).write(folder, _ -> {});
        Uses uses = new Uses(model.experts().count());
        try (SynthRun run = new SynthRun(folder)) {
            run.executor.tap(uses);
            for (int from = 0; from < TOKENS; from += SEQUENCE) {
                run.run(run.executor.newSequence(), run.randomIds(SEQUENCE, from), Want.LAST);
            }
        }
        assertThat(uses.byLayer).hasSize(model.layers());
        double mean = (double) TOKENS * model.experts().topK() / model.experts().count();
        uses.byLayer.forEach((layer, counts) -> {
            assertThat(Arrays.stream(counts).sum())
                    .isEqualTo((long) TOKENS * model.experts().topK());
            assertThat(Arrays.stream(counts)).as(layer).allMatch(count -> Math.abs(count - mean) < 0.3 * mean);
        });
        System.out.printf(
                "%s %d layers %s: furthest expert %.0f %% from the mean%n",
                model,
                model.layers(),
                form,
                100
                        * uses.byLayer.values().stream()
                                .flatMapToLong(Arrays::stream)
                                .mapToDouble(count -> Math.abs(count / mean - 1))
                                .max()
                                .orElseThrow());
    }

    /** Counts choices. */
    private static final class Uses implements TapListener {
        private final Map<String, long[]> byLayer = new TreeMap<>();
        private final int experts;

        private Uses(int experts) {
            this.experts = experts;
        }

        @Override
        public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {}

        @Override
        public void router(
                String layer, int entry, int position, int[] indices, float[] weights, int from, int tokens, int topK) {
            long[] counts = byLayer.computeIfAbsent(layer, _ -> new long[experts]);
            for (int i = from; i < from + tokens * topK; i++) {
                counts[indices[i]]++;
            }
        }
    }
}
