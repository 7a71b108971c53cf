package dev.sluice.tools.bench;

import dev.sluice.backend.TapListener;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.Rows;
import dev.sluice.models.Weights;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks for each chosen expert, before it is used, how much of it is in memory. */
final class ExpertHits implements TapListener {
    private final PageAdvice advice;
    private final Map<String, List<Weights.DenseMlp>> experts = new HashMap<>();
    private final BitSet seen = new BitSet();
    private long pages;
    private long resident;

    ExpertHits(Weights weights, PageAdvice advice) {
        this.advice = advice;
        for (int layer = 0; layer < weights.layers().size(); layer++) {
            if (weights.layers().get(layer).mlp() instanceof Weights.MoeMlp moe) {
                experts.put("router.layers." + layer, moe.experts());
            }
        }
    }

    @Override
    public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {}

    @Override
    public void router(
            String layer, int entry, int position, int[] indices, float[] weights, int from, int tokens, int topK) {
        List<Weights.DenseMlp> all = experts.getOrDefault(layer, List.of());
        seen.clear();
        for (int i = from; i < from + tokens * topK; i++) {
            seen.set(indices[i]);
        }
        seen.stream().mapToObj(all::get).forEach(expert -> {
            look(expert.gate());
            look(expert.up());
            look(expert.down());
        });
    }

    private void look(Matrix matrix) {
        pages += advice.pages(matrix.data());
        resident += advice.resident(matrix.data());
    }

    /** From 0 to 1; null when nothing was seen. */
    @Nullable
    Double share() {
        return pages == 0 ? null : (Double) ((double) resident / pages);
    }
}
