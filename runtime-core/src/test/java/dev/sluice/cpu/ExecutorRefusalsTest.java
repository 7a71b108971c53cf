package dev.sluice.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.backend.Batch;
import dev.sluice.backend.Batch.Want;
import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StepResult;
import dev.sluice.backend.TapListener;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.kernels.Dtype;
import dev.sluice.kernels.Kernels;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.testing.Fixtures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the executor refuses, and that a refusal changes nothing. */
class ExecutorRefusalsTest {
    private static final int MAX_BATCH = 8;

    private final TestModel model =
            new TestModel(Fixtures.golden("qwen3-next-r1-odd").model(), Kernels.plain(), 2, Dtype.BF16, MAX_BATCH);
    private final int[] ids = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aBatchTooLargeOrEmpty() {
        SequenceState sequence = model.executor.newSequence();
        assertThatThrownBy(() -> model.run(sequence, ids, 0, MAX_BATCH + 1, Want.LAST))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("1 to 8 tokens, not 9");
        assertThatThrownBy(() -> model.executor.forward(new Batch())).isInstanceOf(InvalidRequestException.class);
        assertThat(sequence.position()).isZero();
    }

    @Test
    void idsOutsideTheVocabulary() {
        SequenceState sequence = model.executor.newSequence();
        for (int id : new int[] {-1, model.vocab(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> model.run(sequence, new int[] {1, id}, 0, 2, Want.LAST))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("token id " + id);
        }
        assertThat(sequence.position()).isZero();
    }

    @Test
    void oneSequenceTwiceInABatch() {
        SequenceState sequence = model.executor.newSequence();
        Batch batch = new Batch().add(sequence, ids, 0, 1, Want.LAST).add(sequence, ids, 0, 1, Want.LAST);
        assertThatThrownBy(() -> model.executor.forward(batch)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void positionsBeyondTheContextLimit() {
        try (LoadedModel loaded =
                        ModelFolder.open(Fixtures.golden("qwen3-next-r1-odd").model(), LoadOptions.DEFAULTS);
                ThreadTeam team = ThreadTeam.of(1);
                CpuExecutor small = new CpuExecutor(
                        loaded.architecture(),
                        loaded.weights(),
                        Kernels.plain(),
                        team,
                        new CpuOptions(Dtype.F32, 8, 5))) {
            SequenceState sequence = small.newSequence();
            small.forward(new Batch().add(sequence, ids, 0, 5, Want.LAST));
            assertThatThrownBy(() -> small.forward(new Batch().add(sequence, ids, 5, 1, Want.LAST)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("context limit of 5 tokens");
            assertThatThrownBy(() -> sequence.reserve(6)).isInstanceOf(InvalidRequestException.class);
            assertThat(sequence.position()).isEqualTo(5);
        }
    }

    @Test
    void aSequenceOfAnotherExecutor() {
        try (TestModel other = new TestModel(
                Fixtures.golden("qwen3-next-r1-odd").model(), Kernels.plain(), 1, Dtype.BF16, MAX_BATCH)) {
            SequenceState foreign = other.executor.newSequence();
            assertThatThrownBy(() -> model.run(foreign, ids, 0, 1, Want.LAST))
                    .isInstanceOf(InvalidRequestException.class);
        }
    }

    @Test
    void rowsNobodyAskedFor() {
        SequenceState sequence = model.executor.newSequence();
        StepResult last = model.run(sequence, ids, 0, 3, Want.LAST);
        assertThatThrownBy(() -> last.logits(0, 1)).hasMessageContaining("did not ask for logits of row 1");
        assertThatThrownBy(() -> last.hidden(0, 0)).hasMessageContaining("Want.LAST");
        assertThatThrownBy(() -> last.argmax(0, 3)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> last.argmax(1, 0)).isInstanceOf(InvalidRequestException.class);
        StepResult hidden = model.run(sequence, ids, 3, 6, Want.HIDDEN_AND_LAST);
        assertThat(model.hiddenOf(hidden, 0, 0)).isNotEqualTo(model.hiddenOf(hidden, 0, 2));
        assertThatThrownBy(() -> hidden.logits(0, 0)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void anythingBetweenADraftStepAndItsCommit() {
        SequenceState sequence = model.executor.newSequence();
        model.executor.forward(new Batch().addDraft(sequence, ids, 0, 4));
        assertThatThrownBy(() -> model.run(sequence, ids, 0, 1, Want.LAST)).hasMessageContaining("wait for commit");
        assertThatThrownBy(sequence::fork).hasMessageContaining("wait for commit");
        assertThatThrownBy(() -> sequence.commit(5)).isInstanceOf(InvalidRequestException.class);
        sequence.commit(2);
        assertThat(sequence.position()).isEqualTo(2);
        assertThatThrownBy(() -> sequence.commit(1)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void useAfterClose() {
        SequenceState sequence = model.executor.newSequence();
        SequenceState orphan = model.executor.newSequence();
        sequence.close();
        sequence.close();
        assertThatThrownBy(() -> model.run(sequence, ids, 0, 1, Want.LAST)).hasMessageContaining("closed");
        assertThatThrownBy(sequence::position).isInstanceOf(InvalidRequestException.class);
        model.executor.close();
        model.executor.close();
        assertThatThrownBy(model.executor::newSequence).isInstanceOf(ModelBrokenException.class);
        assertThatThrownBy(() -> model.run(orphan, ids, 0, 1, Want.LAST)).isInstanceOf(ModelBrokenException.class);
        assertThatThrownBy(orphan::bytes).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aSecondThreadWhileAStepRuns() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        SequenceState sequence = model.executor.newSequence();
        AtomicBoolean reentered = new AtomicBoolean();
        model.executor.tap(new TapListener() {
            @Override
            public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {
                if (name.equals("hidden.0")) {
                    inside.countDown();
                    awaitQuietly(leave);
                    try {
                        model.executor.newSequence();
                        reentered.set(true);
                    } catch (InvalidRequestException expected) {
                        assertThat(expected).hasMessageContaining("one thread");
                    }
                }
            }

            @Override
            public void router(
                    String layer, int entry, int position, int[] indices, float[] weights, int from, int n, int k) {}
        });
        Thread engine = Thread.ofPlatform().start(() -> model.run(sequence, ids, 0, 2, Want.LAST));
        assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(model.executor::newSequence).isInstanceOf(InvalidRequestException.class);

        Thread closer = Thread.ofPlatform().start(model.executor::close);
        leave.countDown();
        engine.join();
        closer.join();
        assertThat(reentered).isFalse();
        assertThatThrownBy(model.executor::newSequence).isInstanceOf(ModelBrokenException.class);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aStepThatFailsLeavesItsSequenceUnusableUntilReset() {
        SequenceState sequence = model.executor.newSequence();
        model.executor.tap(new TapListener() {
            @Override
            public void rows(String name, int entry, int position, Rows data, int first, int tokens, int width) {
                if (name.equals("hidden.1")) {
                    assertThat(model.executor.stepShare()).isBetween(0.2, 0.8);
                    throw new IllegalStateException("listener");
                }
            }

            @Override
            public void router(
                    String layer, int entry, int position, int[] indices, float[] weights, int from, int n, int k) {}
        });
        assertThatThrownBy(() -> model.run(sequence, ids, 0, 2, Want.LAST)).hasMessage("listener");
        assertThat(model.executor.stepShare()).isZero();
        model.executor.tap(null);
        assertThatThrownBy(() -> model.run(sequence, ids, 0, 2, Want.LAST)).hasMessageContaining("failed half way");
        sequence.reset();
        float[] found = model.logitsOf(model.run(sequence, ids, 0, 2, Want.LAST), 0, 1);
        SequenceState fresh = model.executor.newSequence();
        assertThat(found).containsExactly(model.logitsOf(model.run(fresh, ids, 0, 2, Want.LAST), 0, 1));
    }

    private static void truncateWeights(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(1);
                }
            }
        }
    }

    @Test
    void aWeightFileThatShrinksWhileMapped(@TempDir Path folder) throws IOException {
        try (Stream<Path> files =
                Files.list(Fixtures.golden("qwen3-next-r1-odd").model())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        try (TestModel copy = new TestModel(folder, Kernels.plain(), 2, Dtype.BF16, MAX_BATCH)) {
            SequenceState sequence = copy.executor.newSequence();
            copy.run(sequence, ids, 0, 1, Want.LAST);
            truncateWeights(folder);
            assertThatThrownBy(() -> copy.run(sequence, ids, 1, 2, Want.LAST))
                    .isInstanceOf(ModelBrokenException.class)
                    .hasMessageContaining("truncated");
            assertThatThrownBy(copy.executor::newSequence)
                    .isInstanceOf(ModelBrokenException.class)
                    .hasMessageContaining("truncated");
        }
    }
}
