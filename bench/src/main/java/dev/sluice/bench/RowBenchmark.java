package dev.sluice.bench;

import dev.sluice.engine.Candidates;
import dev.sluice.engine.Sampler;
import dev.sluice.engine.SamplingOptions;
import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Norms;
import dev.sluice.kernels.Rope;
import dev.sluice.kernels.Router;
import java.lang.foreign.Arena;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What happens to one token's row: norms, the choice of experts, the choice of a token. */
@State(Scope.Thread)
public class RowBenchmark {
    private static final int HIDDEN = 2048;
    private static final int EXPERTS = 512;
    private static final int TOP_K = 10;
    private static final int VOCABULARY = 151_936;

    private final Arena arena = Arena.ofAuto();
    private final Norms norms = Kernels.vector().norms();
    private final Activations activations = Kernels.vector().activations();
    private final Rope rope = Kernels.vector().rope();
    private final Router router = Kernels.vector().router();
    private final F32 x = Numbers.floats(arena, HIDDEN);
    private final F32 y = Numbers.floats(arena, HIDDEN);
    private final F32 sum = F32.allocate(arena, HIDDEN);
    private final F32 w = Numbers.floats(arena, HIDDEN);
    private final F32 gate = Numbers.floats(arena, EXPERTS);
    private final F32 probabilities = F32.allocate(arena, EXPERTS);
    private final int[] chosen = new int[TOP_K];
    private final float[] weights = new float[TOP_K];
    private final F32 logits = Numbers.floats(arena, VOCABULARY);
    private final F32 maxima = F32.allocate(arena, Activations.blocks(VOCABULARY));
    private final Sampler greedy = sampler(0);
    private final Sampler random = sampler(0.7);

    private static Sampler sampler(double temperature) {
        return new Sampler(
                new SamplingOptions(temperature, 20, 0.8, 0, 1, 0, 0, Map.of(), 1), new Candidates(VOCABULARY), 16);
    }

    @Benchmark
    public void rmsNorm(Moved moved) {
        norms.rms(x, 0, w, y, 0, HIDDEN, 1e-6f);
        moved.add(3.0 * 4 * HIDDEN, 4.0 * HIDDEN);
    }

    @Benchmark
    public void gatedNorm(Moved moved) {
        norms.gatedRms(x, 0, w, x, 0, y, 0, 128, 1e-6f);
        moved.add(3.0 * 4 * 128, 4.0 * 128);
    }

    @Benchmark
    public void swiGlu(Moved moved) {
        activations.swiglu(x, 0, w, 0, y, 0, HIDDEN);
        moved.add(3.0 * 4 * HIDDEN, 20.0 * HIDDEN);
    }

    @Benchmark
    public void residual(Moved moved) {
        activations.add(sum, 0, x, 0, HIDDEN);
        moved.add(3.0 * 4 * HIDDEN, HIDDEN);
    }

    @Benchmark
    public void rope(Moved moved) {
        rope.rotate(sum, 0, x, 0, 64);
        moved.add(3.0 * 4 * 128, 6.0 * 64);
    }

    @Benchmark
    public void expertChoice(Moved moved) {
        F32.copy(gate, 0, probabilities, 0, EXPERTS);
        router.choose(probabilities, 0, EXPERTS, TOP_K, true, chosen, weights, 0);
        moved.add(4.0 * EXPERTS, 4.0 * EXPERTS);
    }

    @Benchmark
    public int greedyChoice(Moved moved) {
        moved.add(4.0 * VOCABULARY, VOCABULARY);
        activations.maxima(logits, 0, VOCABULARY, maxima, 0);
        return greedy.sample(logits, 0, maxima, 0);
    }

    @Benchmark
    public int randomChoice(Moved moved) {
        moved.add(4.0 * VOCABULARY, VOCABULARY);
        activations.maxima(logits, 0, VOCABULARY, maxima, 0);
        return random.sample(logits, 0, maxima, 0);
    }
}
