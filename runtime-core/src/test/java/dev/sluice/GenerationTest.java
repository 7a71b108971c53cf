package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.error.SluiceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class GenerationTest {
    private static final String STORY =
            "Once upon a time, there was a little girl. She said: ü \uD83D\uDE00!\nThe end.";

    private static Options greedy(int maxTokens) {
        return Options.builder().temperature(0).maxTokens(maxTokens).build();
    }

    private static String joined(Generation generation) {
        return generation.stream().map(Piece::text).collect(Collectors.joining());
    }

    @Test
    void piecesAreTheWholeText() {
        try (FakeModel fake = FakeModel.telling(512, STORY);
                Generation generation = fake.model.generate(Prompt.user("Tell."), greedy(200))) {
            List<Piece> pieces = new ArrayList<>();
            generation.forEach(pieces::add);
            Reply reply = generation.await();
            assertThat(pieces.stream().map(Piece::text).collect(Collectors.joining()))
                    .isEqualTo(STORY)
                    .isEqualTo(reply.content());
            assertThat(pieces).hasSizeGreaterThan(10).allMatch(piece -> piece.kind() == Piece.Kind.CONTENT);
            assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(reply.ids()).endsWith(FakeModel.END);
            assertThat(reply.stats().predictedN()).isEqualTo(reply.ids().size());
            assertThat(reply.stats().promptN())
                    .isEqualTo(
                            fake.model.encode(Prompt.user("Tell."), greedy(1)).size());
            assertThat(generation.iterator().hasNext()).isFalse();
        }
    }

    @Test
    void reasoningIsToldFromContent() {
        try (FakeModel fake = FakeModel.telling(512, "<think>\nLet me see.\n</think>\n\nYes.");
                Generation generation = fake.model.generate(Prompt.user("Really?"), greedy(200))) {
            Reply reply = generation.await();
            assertThat(reply.reasoning()).isEqualTo("Let me see.");
            assertThat(reply.content()).isEqualTo("Yes.");
        }
    }

    @Test
    void stopStringsEndTheAnswerAcrossTokensAndAreNotPartOfIt() {
        for (String stop : List.of("little", "e girl. S", "\uD83D\uDE00", "\nThe", "Once")) {
            Options options =
                    Options.builder().temperature(0).stop("never", stop).build();
            try (FakeModel fake = FakeModel.telling(512, STORY);
                    Generation generation = fake.model.generate(Prompt.user("Tell."), options)) {
                assertThat(joined(generation)).isEqualTo(STORY.substring(0, STORY.indexOf(stop)));
                assertThat(generation.await().finishReason()).isEqualTo(FinishReason.STOP_STRING);
            }
        }
    }

    @Test
    void maxTokensEndTheAnswer() {
        try (FakeModel fake = FakeModel.telling(512, STORY);
                Generation generation = fake.model.generate(Prompt.user("Tell."), greedy(3))) {
            assertThat(generation.await().ids()).hasSize(3);
            assertThat(generation.await().finishReason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void withoutMaxTokensTheContextEndsTheAnswer() {
        try (FakeModel fake = new FakeModel(64, FakeModel::hash);
                Generation generation = fake.model.generate(Prompt.raw("Once"), Options.greedy())) {
            int prompt = fake.model.encode(Prompt.raw("Once"), Options.greedy()).size();
            assertThat(generation.await().ids()).hasSize(64 - prompt);
            assertThat(generation.options().maxTokens()).isEqualTo(64 - prompt);
        }
    }

    @Test
    void cancellingAtAnyStepKeepsWhatWasThere() throws Exception {
        try (FakeModel fake = FakeModel.telling(512, STORY)) {
            Reply whole = fake.model.generate(Prompt.user("Tell."), greedy(200)).await();
            int steps = fake.executor.steps.size();
            int prefill = steps - whole.ids().size() + 1;
            assertThat(prefill).isGreaterThan(1);
            for (int k = 1; k <= steps; k++) {
                CompletableFuture<Generation> started = new CompletableFuture<>();
                AtomicInteger step = new AtomicInteger();
                int cancelAt = k;
                fake.executor.beforeStep = () -> {
                    if (step.incrementAndGet() == cancelAt) {
                        started.join().cancel();
                    }
                };
                try (Generation generation = fake.model.generate(Prompt.user("Tell."), greedy(200))) {
                    started.complete(generation);
                    Reply reply = generation.await();
                    assertThat(step).hasValue(k);
                    assertThat(reply.ids()).isEqualTo(whole.ids().subList(0, Math.max(0, k - prefill + 1)));
                    assertThat(STORY).startsWith(reply.content().replace("\uFFFD", ""));
                    assertThat(joined(generation)).isEqualTo(reply.content());
                    assertThat(reply.finishReason()).isEqualTo(k < steps ? FinishReason.CANCELLED : FinishReason.STOP);
                }
                assertThat(fake.executor.open).isEmpty();
            }
            fake.executor.beforeStep = () -> {};
            assertThat(fake.model
                            .generate(Prompt.user("Tell."), greedy(200))
                            .await()
                            .content())
                    .isEqualTo(STORY);
        }
    }

    @Test
    void anInterruptedReaderCancels() throws Exception {
        try (FakeModel fake = new FakeModel(4096, FakeModel::hash)) {
            fake.executor.beforeStep = () -> LockSupport.parkNanos(1_000_000);
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Generation generation = fake.model.generate(Prompt.raw("a"), Options.greedy());
            Thread reader = Thread.ofVirtual().start(() -> {
                Reply reply = generation.await();
                interrupted.complete(
                        Thread.currentThread().isInterrupted() && reply.finishReason() == FinishReason.CANCELLED);
            });
            reader.interrupt();
            assertThat(interrupted.get()).isTrue();
        }
    }

    @Test
    void twoModelsTakeTurnsAndAnswerAsTheyDoAlone() {
        try (FakeModel one = new FakeModel(256, FakeModel::hash)) {
            var second = new FakeExecutor(FakeModel.VOCAB, FakeModel::hash);
            Model two = FakeModel.model(one.engine, second, 256, 50);
            List<Integer> alone =
                    one.model.generate(Prompt.raw("Once"), greedy(100)).await().ids();
            CountDownLatch both = new CountDownLatch(1);
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            one.executor.beforeStep = () -> {
                awaitQuietly(both);
                order.add("one");
            };
            second.beforeStep = () -> order.add("two");
            Generation first = one.model.generate(Prompt.raw("Once"), greedy(100));
            Generation other = two.generate(Prompt.raw("Once"), greedy(100));
            both.countDown();
            assertThat(first.await().ids()).isEqualTo(alone);
            assertThat(other.await().ids()).isEqualTo(alone);
            for (int i = 10; i < 190; i++) {
                assertThat(order.get(i)).as("step %d", i).isNotEqualTo(order.get(i + 1));
            }
            two.close();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void seedsReproduceAndRandomOnesAreTold() {
        try (FakeModel fake = new FakeModel(256, FakeModel::hash)) {
            Options hot = Options.builder().temperature(2).topK(0).maxTokens(40).build();
            Generation free = fake.model.generate(Prompt.raw("Once"), hot);
            long seed = free.options().seed();
            Options same = Options.builder().seed(seed).build().orElse(hot);
            assertThat(fake.model.generate(Prompt.raw("Once"), same).await().ids())
                    .isEqualTo(free.await().ids());
            Options other = Options.builder().seed(seed + 1).build().orElse(hot);
            assertThat(fake.model.generate(Prompt.raw("Once"), other).await().ids())
                    .isNotEqualTo(free.await().ids());
        }
    }

    @Test
    void whatDoesNotFitTheContextIsRefusedWithNumbers() {
        try (FakeModel fake = new FakeModel(64, FakeModel::hash)) {
            int prompt = fake.model
                    .encode(Prompt.raw("boat ".repeat(80)), Options.DEFAULTS)
                    .size();
            assertThatThrownBy(() -> fake.model.generate(Prompt.raw("boat ".repeat(80)), greedy(1)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("the prompt has " + prompt + " tokens")
                    .hasMessageContaining("holds 64")
                    .hasMessageContaining("2,048");
            int small = fake.model.encode(Prompt.raw("boat"), Options.DEFAULTS).size();
            assertThatThrownBy(() -> fake.model.generate(Prompt.raw("boat"), greedy(64)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("make " + (small + 64))
                    .hasMessageContaining("at most " + (64 - small));
            assertThatThrownBy(() -> fake.model.generate(Prompt.raw(""), greedy(1)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("empty");
            assertThatThrownBy(() -> fake.model.generate(new Prompt.Ids(List.of(1, 4096)), greedy(1)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("4096");
            assertThat(fake.model
                            .generate(Prompt.raw("boat"), greedy(64 - small))
                            .await()
                            .ids())
                    .hasSize(64 - small);
        }
    }

    @Test
    void aFailedStepReachesTheReaderAndHarmsNobodyElse() {
        try (FakeModel fake = FakeModel.telling(512, STORY)) {
            fake.executor.failure = new IllegalStateException("a bug");
            Generation generation = fake.model.generate(Prompt.user("Tell."), greedy(10));
            assertThatThrownBy(generation::await)
                    .isInstanceOf(SluiceException.class)
                    .hasMessageContaining("a bug");
            assertThatThrownBy(() -> generation.iterator().hasNext()).isInstanceOf(SluiceException.class);
            generation.close();
            fake.executor.failure = null;
            assertThat(fake.executor.open).isEmpty();
            assertThat(fake.model
                            .generate(Prompt.user("Tell."), greedy(200))
                            .await()
                            .content())
                    .isEqualTo(STORY);
        }
    }

    @Test
    void closingTheModelEndsItsGenerationsAndRefusesNewOnes() {
        FakeModel fake = new FakeModel(4096, FakeModel::hash);
        fake.executor.beforeStep = () -> LockSupport.parkNanos(1_000_000);
        Generation running = fake.model.generate(Prompt.raw("Once"), Options.greedy());
        Generation waiting = fake.model.generate(Prompt.raw("Once"), Options.greedy());
        assertThat(running.iterator().hasNext()).isTrue();
        fake.model.close();
        fake.model.close();
        assertThat(running.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(waiting.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(fake.executor.closed).isTrue();
        assertThatThrownBy(() -> fake.model.generate(Prompt.raw("Once"), Options.greedy()))
                .isInstanceOf(ModelBrokenException.class)
                .hasMessageContaining("closed");
        fake.engine.close();
    }

    @Test
    void progressCountsThePromptInChunks() {
        try (FakeModel fake = new FakeModel(256, FakeModel::hash)) {
            Prompt prompt = Prompt.raw("once upon a time there was a girl who loved to play in the park");
            int tokens = fake.model.encode(prompt, Options.DEFAULTS).size();
            CompletableFuture<Generation> started = new CompletableFuture<>();
            List<Progress> seen = new ArrayList<>();
            fake.executor.beforeStep = () -> seen.add(started.join().progress());
            fake.executor.share = 0.5;
            Generation generation = fake.model.generate(prompt, greedy(2));
            started.complete(generation);
            generation.await();
            assertThat(seen)
                    .startsWith(new Progress(0, tokens, 0, 0, 0, 3.5), new Progress(7, tokens, 0, 0, 0, 10.5))
                    .endsWith(new Progress(tokens, tokens, 0, 1, 0));
            assertThat(generation.progress()).isEqualTo(new Progress(tokens, tokens, 0, 2, 0));
        }
    }
}
