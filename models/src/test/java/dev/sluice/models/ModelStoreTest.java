package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ModelNotFoundException;
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

class ModelStoreTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String OLDER = "f".repeat(40);

    @TempDir
    Path home;

    private Path first;
    private Path second;
    private ModelStore store;

    @BeforeEach
    void folders() throws IOException {
        first = Files.createDirectories(home.resolve("first"));
        second = home.resolve("second");
        store = ModelStore.of(List.of(first, second, home.resolve("absent")), Map.of(), home);
        model(first.resolve("story"));
        model(first.resolve("Qwen/Tiny"));
        model(second.resolve("story"));
        Files.createDirectories(first.resolve("empty"));
        Path repository = home.resolve(".cache/huggingface/hub/models--Qwen--Hub--Name");
        model(repository.resolve("snapshots").resolve(COMMIT));
        model(repository.resolve("snapshots").resolve(OLDER));
        Files.createDirectories(repository.resolve("refs"));
        Files.writeString(repository.resolve("refs/main"), COMMIT);
        Files.createDirectories(
                repository.resolveSibling("datasets--a--b/snapshots").resolve(COMMIT));
    }

    private static void model(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{}");
    }

    @Test
    void every_name_that_is_listed_is_found_again() {
        List<ModelStore.Found> list = store.list();
        assertThat(list)
                .extracting(ModelStore.Found::name)
                .containsExactly("Qwen/Tiny", "story", "Qwen/Hub--Name", "Qwen/Hub--Name@" + OLDER);
        assertThat(list)
                .allSatisfy(found -> assertThat(store.resolve(found.name())).isEqualTo(found.folder()));
        assertThat(store.resolve("story")).isEqualTo(first.resolve("story"));
    }

    @Test
    void a_mistyped_name_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> store.resolve("storry"))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContainingAll("storry does not exist", "Did you mean story?", "sluice ls");
        assertThatThrownBy(() -> store.resolve("qwen/tinny"))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContainingAll("Did you mean Qwen/Tiny?", "hf download qwen/tinny");
        assertThatThrownBy(() -> store.resolve("wholly-different")).hasMessageNotContaining("Did you mean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../second/story", "./../first/story", "empty", "Qwen"})
    void a_name_stays_in_its_folder_and_means_a_model(String name) {
        assertThatThrownBy(() -> store.resolve(name)).isInstanceOf(ModelNotFoundException.class);
    }
}
