package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The model that comes with Sluice, through the public API only, against the reference's texts. */
class EmbeddedModelTest {
    private static final LoadOptions EXACT =
            LoadOptions.builder().kvType(KvType.F32).build();
    private static final Options GREEDY =
            Options.builder().temperature(0).maxTokens(200).build();

    private static Sluice sluice;
    private static Model model;

    @BeforeAll
    static void load() {
        sluice = Sluice.open(2);
        model = sluice.load(Fixtures.embeddedModel(), EXACT);
    }

    @AfterAll
    static void close() {
        sluice.close();
    }

    /** One of the reference's greedy answers. */
    record Story(String question, List<Integer> ids, String text) {
        @Override
        public String toString() {
            return question;
        }
    }

    static List<Story> stories() {
        JsonObject json = JsonObject.read(Fixtures.embeddedCase().data().resolve("expected.json"));
        JsonObject greedy = Objects.requireNonNull(json.object("greedy"));
        List<Story> stories = new ArrayList<>();
        for (String question : greedy.keys()) {
            JsonObject story = Objects.requireNonNull(greedy.object(question));
            stories.add(
                    new Story(question, story.integers("ids", 0, 4095), Objects.requireNonNull(story.string("text"))));
        }
        assertThat(stories).hasSize(8);
        return stories;
    }

    @Test
    void runsOnTheVectorKernels() {
        assertThat(model.info().kernels()).startsWith("vector-");
        assertThat(model.info().warnings()).isEmpty();
        assertThat(model.defaults())
                .isEqualTo(Options.builder().temperature(0.7).topK(40).topP(0.9).build());
    }

    @ParameterizedTest
    @MethodSource("stories")
    void tellsTheReferencesStory(Story story) {
        try (Generation generation = model.generate(Prompt.user(story.question()), GREEDY)) {
            String streamed = generation.stream().map(Piece::text).collect(Collectors.joining());
            Reply reply = generation.await();
            assertThat(reply.ids()).isEqualTo(story.ids());
            assertThat(reply.content()).isEqualTo(story.text());
            assertThat(streamed).isEqualTo(story.text());
            boolean ended = story.ids().size() < 200;
            assertThat(reply.finishReason()).isEqualTo(ended ? FinishReason.STOP : FinishReason.LENGTH);
        }
    }

    @Test
    void aSecondTurnWithCacheIsTheSameAsWithout() {
        List<Story> stories = stories();
        Options few = Options.builder().temperature(0).maxTokens(40).build();
        try (Chat chat = model.chat()) {
            Reply first = chat.send(stories.get(0).question(), GREEDY).await();
            assertThat(first.ids()).isEqualTo(stories.get(0).ids());
            Reply second = chat.send(stories.get(1).question(), few).await();
            assertThat(second.stats().cacheN()).isGreaterThan(100);
            Prompt whole = new Prompt.Conversation(chat.messages().subList(0, 3));
            assertThat(model.generate(whole, few).await().ids()).isEqualTo(second.ids());
        }
    }

    @Test
    void sampledTextsAreReproducible() {
        Options hot = Options.builder().temperature(1.2).seed(11).maxTokens(30).build();
        Prompt prompt = Prompt.user("Write a story about a boat.");
        List<Integer> ids = model.generate(prompt, hot).await().ids();
        assertThat(model.generate(prompt, hot).await().ids()).isEqualTo(ids);
        try (Sluice single = Sluice.open(1);
                Model other = single.load(Fixtures.embeddedModel(), EXACT)) {
            assertThat(other.generate(prompt, hot).await().ids())
                    .as("one thread")
                    .isEqualTo(ids);
        }
    }

    @Test
    void twoModelsInOneProcessAnswerAtOnceAsTheyDoAlone() throws Exception {
        List<Story> stories = stories();
        try (Model second = sluice.load(Fixtures.embeddedModel(), EXACT);
                Sluice elsewhere = Sluice.open(1);
                Model third = elsewhere.load(Fixtures.embeddedModel(), EXACT);
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<List<Integer>>> calls = new ArrayList<>();
            List<Model> models = List.of(model, second, third, second);
            Options few = Options.builder().temperature(0).maxTokens(50).build();
            for (int i = 0; i < models.size(); i++) {
                Prompt prompt = Prompt.user(stories.get(i).question());
                Model asked = models.get(i);
                calls.add(() -> asked.generate(prompt, few).await().ids());
            }
            List<Future<List<Integer>>> answers = callers.invokeAll(calls);
            for (int i = 0; i < models.size(); i++) {
                List<Integer> expected = stories.get(i).ids();
                assertThat(answers.get(i).get()).isEqualTo(expected.subList(0, Math.min(50, expected.size())));
            }
        }
    }

    @Test
    void loadingAndClosingLeavesNothingBehind() throws IOException {
        loadAndClose(50);
    }

    @Test
    @Tag("full")
    void aThousandLoadsLeaveNothingBehind() throws IOException {
        loadAndClose(1000);
    }

    /** Compares after ten rounds, when everything that stays (compiled code, caches) is there, with the end. */
    private static void loadAndClose(int rounds) throws IOException {
        Options eight = Options.builder().temperature(0).maxTokens(8).build();
        Footprint before = null;
        for (int i = 0; i < rounds; i++) {
            if (i == 10) {
                before = Footprint.now();
            }
            try (Sluice own = Sluice.open(2);
                    Model loaded = own.load(Fixtures.embeddedModel(), LoadOptions.DEFAULTS)) {
                assertThat(loaded.generate(Prompt.user("Hi"), eight).await().ids())
                        .hasSize(8);
            }
        }
        Footprint after = Footprint.now();
        assertThat(after.modelMappings())
                .isEqualTo(Objects.requireNonNull(before).modelMappings());
        // one that loaded kernels may have been at rest at first, and ended since
        assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
        assertThat(after.mappings()).as("mappings of all kinds").isLessThan(before.mappings() + 200);
        // a leak of 15 MB a load would be 600 MB after 40 loads; the JVM's own heap and code may grow by some
        assertThat(after.residentMb()).isLessThan(before.residentMb() + 200);
    }

    /** What a leak would make grow; Linux only, as are the runners of these tests. */
    private record Footprint(long modelMappings, long mappings, long threads, long residentMb) {
        static Footprint now() throws IOException {
            List<String> maps = Files.readAllLines(Path.of("/proc/self/maps"));
            return new Footprint(
                    maps.stream().filter(line -> line.endsWith(".safetensors")).count(),
                    maps.size(),
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().contains("sluice"))
                            .count(),
                    status("VmRSS:") / 1024);
        }

        private static long status(String name) throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                return lines.filter(line -> line.startsWith(name))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
            }
        }
    }
}
