package dev.sluice.cpu;

import dev.sluice.kernels.NativeTier;
import dev.sluice.testing.Fixtures;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every golden case of affine weights with activations rounded to 8 bits; all weights of the others stay exact. */
class Int8GoldenTest extends RoundedGoldenTest {
    private static final Map<String, Share> BOUNDS = Map.ofEntries(
            Map.entry("mixer", new Share(0.32, 0.2)),
            Map.entry("mlp", new Share(1.04, 0.26)),
            Map.entry("hidden", new Share(0.41, 0.13)),
            Map.entry("logits", new Share(0.44, 0.13)),
            Map.entry("logits_mlx", new Share(0.44, 0.13)),
            Map.entry("greedy_logits", new Share(0.52, 0.23)),
            Map.entry("S", new Share(0.13, 0.1)),
            Map.entry("conv", new Share(0.05, 0.044)),
            Map.entry("router", new Share(0.45, 0.1)),
            Map.entry("greedy", new Share(0.17, 0.17)));

    Int8GoldenTest() {
        super(NativeTier.INT8, BOUNDS);
    }

    @Override
    List<Fixtures.Case> cases() {
        return Stream.of("mlx-4bit-g32", "mlx-4bit-g64", "mlx-8bit-g64")
                .map(Fixtures::golden)
                .toList();
    }

    @Override
    boolean rounds(Fixtures.Case golden) {
        return true;
    }
}
