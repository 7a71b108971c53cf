package dev.sluice.models.released;

import dev.sluice.models.released.ReleasedModel.Attention;
import dev.sluice.models.released.ReleasedModel.Delta;
import dev.sluice.models.released.ReleasedModel.Experts;
import java.util.List;
import java.util.Optional;

/** The table of released models ({@code spec/model.md} §1.7). Later releases of the same sizes are not repeated. */
public final class ReleasedModels {
    private static final List<ReleasedModel> ALL = List.of(
            dense3("qwen3-0.6b", 1024, 28, 16, 3072, true),
            dense3("qwen3-1.7b", 2048, 28, 16, 6144, true),
            dense3("qwen3-4b", 2560, 36, 32, 9728, true),
            dense3("qwen3-8b", 4096, 36, 32, 12288, false),
            dense3("qwen3-14b", 5120, 40, 40, 17408, false),
            dense3("qwen3-32b", 5120, 64, 64, 25600, false),
            moe3("qwen3-30b-a3b", 2048, 48, 32, 6144, 768),
            moe3("qwen3-235b-a22b", 4096, 94, 64, 12288, 1536),
            next("qwen3-next-80b-a3b", 1e7, 1),
            next("qwen3-coder-next", 5e6, 0),
            dense35("qwen3.5-0.8b", 1024, 24, 8, 2, 16, 3584, true),
            dense35("qwen3.5-2b", 2048, 24, 8, 2, 16, 6144, true),
            dense35("qwen3.5-4b", 2560, 32, 16, 4, 32, 9216, true),
            dense35("qwen3.5-9b", 4096, 32, 16, 4, 32, 12288, false),
            dense35("qwen3.5-27b", 5120, 64, 24, 4, 48, 17408, false),
            moe35("qwen3.5-35b-a3b", true, 2048, 40, 16, 2, 32, new Experts(256, 8, 512, 512)),
            moe35("qwen3.5-122b-a10b", true, 3072, 48, 32, 2, 64, new Experts(256, 8, 1024, 1024)),
            moe35("qwen3.5-397b-a17b", true, 4096, 60, 32, 2, 64, new Experts(512, 10, 1024, 1024)),
            moe35("qwen3.8-2.4t-a95b", false, 8192, 92, 64, 4, 128, new Experts(512, 10, 2048, 2048)));

    private static final int VOCAB = 151_936;
    private static final int VOCAB_35 = 248_320;
    private static final int POSITIONS = 262_144;

    private ReleasedModels() {}

    /** Every model of the table. */
    public static List<ReleasedModel> all() {
        return ALL;
    }

    /** The model of that name, which is written in lower case. */
    public static Optional<ReleasedModel> named(String name) {
        return ALL.stream().filter(model -> model.name().equals(name)).findFirst();
    }

    private static ReleasedModel next(String name, double theta, int mtp) {
        return new ReleasedModel(
                name,
                "qwen3_next",
                false,
                2048,
                48,
                VOCAB,
                false,
                POSITIONS,
                theta,
                new Attention(16, 2, 256),
                new Delta(16, 32),
                5120,
                new Experts(512, 10, 512, 512),
                mtp);
    }

    private static ReleasedModel dense35(
            String name, int hidden, int layers, int heads, int kvHeads, int valueHeads, int width, boolean tied) {
        return new ReleasedModel(
                name,
                "qwen3_5_text",
                true,
                hidden,
                layers,
                VOCAB_35,
                tied,
                POSITIONS,
                1e7,
                new Attention(heads, kvHeads, 256),
                new Delta(16, valueHeads),
                width,
                Experts.NONE,
                1);
    }

    private static ReleasedModel moe35(
            String name,
            boolean wrapped,
            int hidden,
            int layers,
            int heads,
            int kvHeads,
            int valueHeads,
            Experts experts) {
        return new ReleasedModel(
                name,
                "qwen3_5_moe_text",
                wrapped,
                hidden,
                layers,
                VOCAB_35,
                false,
                POSITIONS,
                1e7,
                new Attention(heads, kvHeads, 256),
                new Delta(16, valueHeads),
                0,
                experts,
                1);
    }

    private static ReleasedModel dense3(String name, int hidden, int layers, int heads, int width, boolean tied) {
        return qwen3(name, "qwen3", hidden, layers, tied, new Attention(heads, 8, 128), width, Experts.NONE);
    }

    private static ReleasedModel moe3(String name, int hidden, int layers, int heads, int dense, int width) {
        Experts experts = new Experts(128, 8, width, 0);
        return qwen3(name, "qwen3_moe", hidden, layers, false, new Attention(heads, 4, 128), dense, experts);
    }

    private static ReleasedModel qwen3(
            String name,
            String type,
            int hidden,
            int layers,
            boolean tied,
            Attention attention,
            int dense,
            Experts experts) {
        return new ReleasedModel(
                name, type, false, hidden, layers, VOCAB, tied, 40_960, 1e6, attention, Delta.NONE, dense, experts, 0);
    }
}
