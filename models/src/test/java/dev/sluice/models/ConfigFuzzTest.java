package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.models.checkpoint.Checkpoint;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.Refusals;
import dev.sluice.models.family.Decoder;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.Fuzz;
import dev.sluice.testing.JsonDamage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damaged configurations, read against the tensors of the model that they were made for. */
class ConfigFuzzTest {
    private static final List<String> MODELS = List.of(
            "qwen3-dense-tied", "qwen3-dense-yarn", "qwen3-moe", "qwen3-next-r3", "qwen3-next-fp8", "mlx-4bit-g32");

    private static final List<String> GENERATION = List.of("""
            {"bos_token_id":1,"do_sample":true,"eos_token_id":[2,7],"pad_token_id":1,"temperature":0.6,"top_k":20,\
            "top_p":0.95,"transformers_version":"4.51.0"}""", """
            {"eos_token_id":3,"do_sample":false,"min_p":0,"repetition_penalty":1.05,"temperature":1,"stop":["a",{"b":1}]}""");

    private record Input(int model, byte[] text) {}

    private final Arena arena = Arena.ofShared();
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<JsonDamage> configs = new ArrayList<>();
    private final JsonDamage generations = new JsonDamage(GENERATION.stream()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toList());

    ConfigFuzzTest() throws IOException {
        List<byte[]> texts = new ArrayList<>();
        for (String name : MODELS) {
            Path folder = Fixtures.golden(name).model();
            checkpoints.add(Checkpoint.open(new FolderFiles(folder), arena, Refusals.STRICT));
            texts.add(Files.readAllBytes(folder.resolve("config.json")));
        }
        for (byte[] text : texts) {
            configs.add(new JsonDamage(List.of(text, texts.getFirst())));
        }
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private final Fuzz<Input> config =
            new Fuzz<>("config", this::config, input -> JsonDamage.isJson(input.text()), this::read, 8 << 20);

    private final Fuzz<byte[]> generation = new Fuzz<>(
            "generation-config", generations::damaged, JsonDamage::isJson, ConfigFuzzTest::readGeneration, 8 << 20);

    @Test
    void damagedConfigurationsAreReadOrRefused() {
        config.run(1, 100_000);
    }

    @Test
    void damagedGenerationConfigurationsAreReadOrRefused() {
        generation.run(1, 100_000);
    }

    @Test
    @Tag("full")
    void manyDamagedConfigurationsAreReadOrRefused() {
        config.run(2, 1_000_000);
        generation.run(2, 1_000_000);
    }

    private Input config(SplittableRandom random) {
        int model = random.nextInt(MODELS.size());
        return new Input(model, configs.get(model).damaged(random));
    }

    private void read(Input input) {
        JsonObject json = JsonObject.parse("config.json", input.text());
        Decoder decoder = Decoder.of(json, null, LoadOptions.DEFAULTS);
        try (Arena widened = Arena.ofConfined()) {
            Decoder.Contents contents = decoder.read(checkpoints.get(input.model()), widened, Refusals.STRICT);
            int vocabulary = contents.architecture().vocabSize();
            assertThat(GenerationDefaults.read(null, json, vocabulary).eosTokenIds())
                    .allMatch(id -> id < vocabulary);
        }
    }

    private static void readGeneration(byte[] text) {
        JsonObject none = JsonObject.parse("config.json", new byte[] {'{', '}'});
        GenerationDefaults defaults =
                GenerationDefaults.read(JsonObject.parse("generation_config.json", text), none, 100);
        assertThat(defaults.eosTokenIds()).allMatch(id -> id >= 0 && id < 100);
    }
}
