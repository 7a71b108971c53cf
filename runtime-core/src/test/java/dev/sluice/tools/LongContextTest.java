package dev.sluice.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.KvType;
import dev.sluice.LoadOptions;
import dev.sluice.Model;
import dev.sluice.Options;
import dev.sluice.Prompt;
import dev.sluice.Sluice;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.tools.Synth.Format;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts beyond the default and beyond what a model was made for, by flag and by configuration. */
class LongContextTest {
    private static final Options GREEDY =
            Options.builder().maxTokens(6).temperature(0).build();

    @TempDir
    static Path temp;

    private static Path folder;
    private static Sluice sluice;

    /** One layer of the smallest release, made for 40,960 tokens. */
    @BeforeAll
    static void write() {
        folder = temp.resolve("model");
        Synth.plan("qwen3-0.6b@1/28", Format.AFFINE4, 5).write(folder, (_, _) -> {});
        sluice = Sluice.open(2);
    }

    @AfterAll
    static void close() {
        sluice.close();
    }

    @Test
    void theContextIsWhatTheModelWasMadeFor() {
        try (Model model = sluice.load(folder, LoadOptions.DEFAULTS)) {
            assertThat(model.info().contextLength()).isEqualTo(40_960);
            assertThat(model.info().nativeContext()).isEqualTo(40_960);
            assertThat(model.info().warnings()).isEmpty();
        }
        LoadOptions stretched = LoadOptions.builder().ropeFactor(4).build();
        try (Model model = sluice.load(folder, stretched)) {
            assertThat(model.info().contextLength()).isEqualTo(163_840);
            assertThat(model.info().warnings()).isEmpty();
        }
        LoadOptions less = LoadOptions.builder().contextLength(1000).build();
        try (Model model = sluice.load(folder, less)) {
            assertThat(model.info().contextLength()).isEqualTo(1000);
            assertThat(model.info().warnings()).isEmpty();
        }
    }

    @Test
    void aFactorStretchesTheContextAndNoFurther() {
        LoadOptions stretched =
                LoadOptions.builder().ropeFactor(4).contextLength(163_840).build();
        try (Model model = sluice.load(folder, stretched)) {
            assertThat(model.info().contextLength()).isEqualTo(163_840);
            assertThat(ids(model)).hasSize(6);
        }
        LoadOptions more =
                LoadOptions.builder().ropeFactor(4).contextLength(163_841).build();
        assertThatThrownBy(() -> sluice.load(folder, more))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("163841")
                .hasMessageContaining("163840 positions");
    }

    /** The old spelling, the new one and the flag are one model. */
    @Test
    void configurationAndFlagAgree() throws IOException {
        LoadOptions flag = LoadOptions.builder().ropeFactor(4).build();
        List<Integer> expected;
        try (Model model = sluice.load(folder, flag)) {
            expected = ids(model);
        }
        String yarn = "\"factor\": 4.0, \"original_max_position_embeddings\": 40960}";
        for (String spelled : List.of(
                "\"rope_scaling\": {\"type\": \"yarn\", " + yarn,
                "\"rope_scaling\": {\"rope_type\": \"yarn\", " + yarn,
                "\"rope_parameters\": {\"rope_type\": \"yarn\", \"rope_theta\": 1000000, " + yarn)) {
            Path copy = copyWith(spelled);
            LoadOptions wide = LoadOptions.builder().contextLength(163_840).build();
            try (Model model = sluice.load(copy, wide)) {
                assertThat(model.info().nativeContext()).as(spelled).isEqualTo(163_840);
                assertThat(ids(model)).as(spelled).isEqualTo(expected);
            }
        }
    }

    /** 1 GiB of keys and values at 262,144 tokens: none of it may be taken before there is text. */
    @Test
    void aLongContextTakesNoMemoryBeforeTheText() {
        LoadOptions stretched =
                LoadOptions.builder().ropeFactor(6.4).contextLength(262_144).build();
        long little = bytesAfterOneAnswer(
                LoadOptions.builder().ropeFactor(6.4).contextLength(64).build());
        assertThat(bytesAfterOneAnswer(stretched)).isLessThan(little + (16 << 20));
    }

    private static long bytesAfterOneAnswer(LoadOptions options) {
        long before = directBytes();
        try (Model model = sluice.load(folder, options)) {
            ids(model);
            return directBytes() - before;
        }
    }

    /** What native memory of arenas is counted with: they reserve it as direct buffers do. */
    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Four layers of a hybrid, one of which attends: 2 KiB a token. */
    @Test
    void aMillionTokensOfAHybrid() {
        Path hybrid = temp.resolve("hybrid");
        Synth.plan("qwen3.5-0.8b@1/6", Format.AFFINE4, 5).write(hybrid, (_, _) -> {});
        LoadOptions.Builder million = LoadOptions.builder().ropeFactor(4).contextLength(1_010_000);
        try (Model bf16 = sluice.load(hybrid, million.build())) {
            assertThat(bf16.info().contextLength()).isEqualTo(1_010_000);
            assertThat(bf16.info().tokenBytes()).isEqualTo(2 * 2 * 256 * 2);
            assertThat(ids(bf16)).hasSize(6);
        }
        LoadOptions wider =
                LoadOptions.builder().ropeFactor(4).kvType(KvType.F32).build();
        try (Model f32 = sluice.load(hybrid, wider)) {
            assertThat(f32.info().tokenBytes()).isEqualTo(2 * 2 * 256 * 4);
            assertThat(ids(f32)).hasSize(6);
        }
    }

    private static List<Integer> ids(Model model) {
        return model.generate(Prompt.raw("Once upon a time"), GREEDY).await().ids();
    }

    private static Path copyWith(String rope) throws IOException {
        Path copy = Files.createTempDirectory(temp, "copy");
        for (String name : List.of(
                "model.safetensors", "model.safetensors.index.json", "tokenizer.json", "generation_config.json")) {
            Files.copy(folder.resolve(name), copy.resolve(name));
        }
        String config = Files.readString(folder.resolve("config.json"));
        assertThat(config).contains("\"rope_scaling\": null");
        Files.writeString(copy.resolve("config.json"), config.replace("\"rope_scaling\": null", rope));
        return copy;
    }
}
