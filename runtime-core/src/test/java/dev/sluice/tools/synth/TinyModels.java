package dev.sluice.tools.synth;

import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.ReleasedModel.Attention;
import dev.sluice.models.released.ReleasedModel.Delta;
import dev.sluice.models.released.ReleasedModel.Experts;
import java.util.List;

/** One model of every family, small enough to be written and run in a blink. */
final class TinyModels {
    static final int VOCAB = 500;

    private static final Delta NO_DELTA = new Delta(0, 0);
    private static final Experts NO_EXPERTS = new Experts(0, 0, 0, 0);

    private TinyModels() {}

    static List<ReleasedModel> all() {
        return List.of(
                of("qwen3", false, true, NO_DELTA, NO_EXPERTS, 0),
                of("qwen3_moe", false, false, NO_DELTA, new Experts(12, 3, 128, 0), 0),
                hybrid(4),
                of("qwen3_5_text", true, true, new Delta(2, 2), NO_EXPERTS, 1),
                of("qwen3_5_moe_text", true, false, new Delta(1, 3), new Experts(12, 3, 128, 192), 1));
    }

    /** Qwen3-Next with 16 experts. */
    static ReleasedModel hybrid(int layers) {
        return hybrid(layers, VOCAB);
    }

    static ReleasedModel hybrid(int layers, int vocab) {
        return of("qwen3_next", false, false, new Delta(2, 4), new Experts(16, 4, 128, 128), 1)
                .resized(layers, vocab, 16);
    }

    private static ReleasedModel of(String type, boolean wrapped, boolean tied, Delta delta, Experts experts, int mtp) {
        return new ReleasedModel(
                "tiny " + type,
                type,
                wrapped,
                256,
                4,
                VOCAB,
                tied,
                4096,
                1e6,
                new Attention(4, 2, 64),
                delta,
                384,
                experts,
                mtp);
    }
}
