package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubCacheTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path home;

    private HubCache cache;
    private ModelStore store;
    private Path repository;
    private Path snapshot;

    /** The embedded model as the Hugging Face tools would store it. */
    @BeforeEach
    void cache() throws IOException {
        cache = HubCache.of(Map.of(), home);
        store = ModelStore.of(List.of(home.resolve("models")), Map.of(), home);
        repository = home.resolve(".cache/huggingface/hub/models--Qwen--Tiny");
        snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        Files.createDirectories(repository.resolve("refs/pr"));
        Files.writeString(repository.resolve("refs/main"), COMMIT);
        Files.writeString(repository.resolve("refs/pr/1"), COMMIT + "\n");
        for (String name : new String[] {"config.json", "model.safetensors", "generation_config.json"}) {
            Files.copy(Fixtures.embeddedModel().resolve(name), blobs.resolve("blob-" + name));
            Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs/blob-" + name));
        }
    }

    @Test
    void findsSnapshotsByNameRevisionAndCommit() {
        for (String reference : new String[] {"Qwen/Tiny", "Qwen/Tiny@main", "Qwen/Tiny@pr/1", "Qwen/Tiny@" + COMMIT}) {
            assertThat(store.resolve(reference)).isEqualTo(snapshot);
        }
        ModelSummary summary = ModelFolder.inspect(snapshot, LoadOptions.DEFAULTS);
        assertThat(summary.architecture().modelType()).isEqualTo("qwen3_next");
        assertThat(summary.generationDefaults().eosTokenIds()).containsExactly(4091, 4093);
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        assertThatThrownBy(() -> store.resolve("Qwen/Other"))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContainingAll("Qwen/Other", "models--Qwen--Other", "hf download Qwen/Other");
        assertThatThrownBy(() -> store.resolve("Qwen/Tiny@v2"))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining(Path.of("refs", "v2").toString());
        assertThatThrownBy(() -> store.resolve("Qwen/Tiny@" + "f".repeat(40)))
                .isInstanceOf(ModelNotFoundException.class);
        Files.writeString(repository.resolve("refs/main"), "../../../etc");
        assertThatThrownBy(() -> store.resolve("Qwen/Tiny"))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("40 hexadecimal digits");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../Tiny",
                "Qwen/..",
                "Qwen/Tiny@../../x",
                "Qwen/Tiny@..",
                "a/b/c",
                "Qwen",
                "",
                "/",
                "Qwen/Tiny@",
                "Q n/Tiny",
                "https://host/x",
                "a\0b",
            })
    void refusesOtherWords(String reference) {
        assertThat(HubCache.isReference(reference)).isFalse();
        if (!reference.isEmpty() && !reference.equals("/")) {
            assertThatThrownBy(() -> store.resolve(reference)).isInstanceOf(ModelNotFoundException.class);
        }
        assertThatThrownBy(() -> cache.snapshot(reference)).isInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void environmentMovesTheCache() {
        assertThat(HubCache.of(Map.of("HF_HOME", "/data/hf"), home).hub()).isEqualTo(Path.of("/data/hf/hub"));
        assertThat(HubCache.of(Map.of("HF_HOME", "/data/hf", "HF_HUB_CACHE", "/hub"), home)
                        .hub())
                .isEqualTo(Path.of("/hub"));
        assertThat(HubCache.of(Map.of("HF_HOME", ""), home)).isEqualTo(cache);
    }

    @Test
    void pathsMeanThemselves() throws IOException {
        Path folder = Fixtures.embeddedModel();
        assertThat(store.resolve(folder.toString())).isEqualTo(folder);
        assertThat(store.resolve(folder.resolve("config.json").toString())).isEqualTo(folder.toAbsolutePath());
        assertThat(store.resolve(folder.resolve("model.safetensors").toString()))
                .isEqualTo(folder.toAbsolutePath());
        assertThat(store.resolve(folder.resolve("tokenizer.json").toString())).isEqualTo(folder.toAbsolutePath());
        Path textOnly = Files.createDirectory(home.resolve("text-only"));
        for (String part : List.of("tokenizer.json", "chat_template.jinja")) {
            Path file = Files.createFile(textOnly.resolve(part));
            assertThat(store.resolve(file.toString())).isEqualTo(textOnly.toAbsolutePath());
        }
        assertThatThrownBy(() -> store.resolve("")).hasMessageContaining("the name of the model is empty");
        Path lone = Files.createFile(home.resolve("notes.txt"));
        assertThatThrownBy(() -> store.resolve(lone.toString()))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("is a file, and no model lies beside it");
        Path gguf = Files.createFile(home.resolve("model.gguf"));
        assertThatThrownBy(() -> store.resolve(gguf.toString()))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("GGUF");
    }
}
