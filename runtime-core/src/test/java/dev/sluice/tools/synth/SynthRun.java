package dev.sluice.tools.synth;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.cpu.CpuExecutor;
import dev.sluice.cpu.CpuOptions;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** A written folder, loaded and running. */
final class SynthRun implements AutoCloseable {
    static final int MOST_TOKENS = 512;

    final LoadedModel model;
    final CpuExecutor executor;
    private final ThreadTeam team = ThreadTeam.of(2);

    SynthRun(Path folder) {
        this.model = ModelFolder.open(folder, LoadOptions.DEFAULTS);
        this.executor = new CpuExecutor(
                model.architecture(),
                model.weights(),
                Kernels.vector(),
                team,
                new CpuOptions(Dtype.BF16, MOST_TOKENS, 4096));
    }

    int[] randomIds(int count, long seed) {
        return new SplittableRandom(seed)
                .ints(count, 0, model.architecture().vocabSize())
                .toArray();
    }

    StepResult run(SequenceState state, int[] ids, Want want) {
        return executor.forward(new Batch().add(state, ids, 0, ids.length, want));
    }

    float[] logits(StepResult result, int row) {
        return result.logits(0, row)
                .toArray(result.logitsAt(0, row), model.architecture().vocabSize());
    }

    /** Decodes {@code count} tokens greedily; returns the deviation of the logits of every step. */
    double[] decode(int[] prompt, int count) {
        SequenceState state = executor.newSequence();
        StepResult result = run(state, prompt, Want.LAST);
        int last = prompt.length - 1;
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            out[i] = deviation(logits(result, last));
            result = run(state, new int[] {result.argmax(0, last)}, Want.LAST);
            last = 0;
        }
        return out;
    }

    /** NaN when any of the values is not finite. */
    static double deviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return Math.sqrt(squares / values.length - mean * mean);
    }

    @Override
    public void close() {
        executor.close();
        team.close();
        model.close();
    }
}
