package dev.sluice.cpu;

import dev.sluice.kernels.NativeTier;
import dev.sluice.testing.Fixtures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every golden case with activations rounded to BF16. */
class Bf16GoldenTest extends RoundedGoldenTest {
    /** Its products are those of the exact tier, which takes F16 weights. */
    private static final String F16_WEIGHTS = "qwen3-dense-tied";

    private static final Map<String, Share> BOUNDS = Map.ofEntries(
            Map.entry("mixer", new Share(0.15, 0.08)),
            Map.entry("mlp", new Share(0.75, 0.17)),
            Map.entry("hidden", new Share(0.6, 0.17)),
            Map.entry("logits", new Share(0.6, 0.17)),
            Map.entry("logits_mlx", new Share(0.1, 0.03)),
            Map.entry("greedy_logits", new Share(0.4, 0.22)),
            Map.entry("draft_logits", new Share(0.022, 0.02)),
            Map.entry("S", new Share(0.26, 0.17)),
            Map.entry("conv", new Share(0.046, 0.046)),
            Map.entry("router", new Share(0.66, 0.21)),
            Map.entry("greedy", new Share(0.25, 0.25)),
            Map.entry("draft", new Share(0.1, 0.1)));

    Bf16GoldenTest() {
        super(NativeTier.BF16, BOUNDS);
    }

    @Override
    List<Fixtures.Case> cases() {
        List<Fixtures.Case> cases = new ArrayList<>(Fixtures.cases());
        cases.addAll(Fixtures.tinyModels());
        return cases;
    }

    @Override
    boolean rounds(Fixtures.Case golden) {
        return !golden.name().equals(F16_WEIGHTS);
    }
}
