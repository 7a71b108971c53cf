package dev.sluice.cpu;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.PageAdvice;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.Architecture;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.Weights;
import java.nio.file.Path;

/** A loaded model with an executor and a team of its own. */
final class TestModel implements AutoCloseable {
    private final LoadedModel model;
    private final ThreadTeam team;
    final CpuExecutor executor;

    TestModel(Path folder, Kernels kernels, int threads, Dtype kvType, int maxBatchTokens) {
        this(folder, kernels, threads, kvType, maxBatchTokens, PageAdvice.NONE);
    }

    TestModel(Path folder, Kernels kernels, int threads, Dtype kvType, int maxBatchTokens, PageAdvice experts) {
        this.model = ModelFolder.open(folder, LoadOptions.DEFAULTS);
        this.team = ThreadTeam.of(threads);
        this.executor = new CpuExecutor(
                model.architecture(),
                model.weights(),
                kernels,
                team,
                new CpuOptions(kvType, maxBatchTokens, model.architecture().maxPositions(), experts));
    }

    Architecture architecture() {
        return model.architecture();
    }

    Weights weights() {
        return model.weights();
    }

    int vocab() {
        return architecture().vocabSize();
    }

    int hiddenSize() {
        return architecture().hiddenSize();
    }

    /** Runs tokens {@code [from, to)} of {@code ids} as a batch of their own. */
    StepResult run(SequenceState state, int[] ids, int from, int to, Want want) {
        return executor.forward(new Batch().add(state, ids, from, to - from, want));
    }

    /** Logits of rows {@code [0, rows)} of the first entry. */
    float[] logits(StepResult result, int rows) {
        float[] out = new float[rows * vocab()];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(logitsOf(result, 0, row), 0, out, row * vocab(), vocab());
        }
        return out;
    }

    float[] logitsOf(StepResult result, int entry, int row) {
        return result.logits(entry, row).toArray(result.logitsAt(entry, row), vocab());
    }

    float[] hidden(StepResult result, int rows) {
        float[] out = new float[rows * hiddenSize()];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(hiddenOf(result, 0, row), 0, out, row * hiddenSize(), hiddenSize());
        }
        return out;
    }

    float[] hiddenOf(StepResult result, int entry, int row) {
        Rows hidden = result.hidden(entry, row);
        return hidden.data().toArray(hidden.row(0), hiddenSize());
    }

    @Override
    public void close() {
        executor.close();
        team.close();
        model.close();
    }
}
