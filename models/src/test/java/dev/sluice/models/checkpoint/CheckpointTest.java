package dev.sluice.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidModelException;
import dev.sluice.kernels.Dtype;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    Path temp;

    private Path folder;
    private final ModelCopy copy =
            ModelCopy.of(Fixtures.golden("qwen3-dense-tied").model());

    @BeforeEach
    void emptyFolder() throws IOException {
        folder = Files.createDirectory(temp.resolve("model"));
        copy.tensors().clear();
        copy.put("a", Dtype.F32, 3).put("b", Dtype.U8, 5).put("c", Dtype.BF16, 2, 2);
    }

    @Test
    void readsShards() throws IOException {
        shards();
        index("a", "one.safetensors", "b", "one.safetensors", "c", "two.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Checkpoint checkpoint = Checkpoint.open(new FolderFiles(folder), arena, Refusals.STRICT);
            assertThat(checkpoint.tensors()).extracting(TensorInfo::name).containsExactly("a", "b", "c");
            assertThat(checkpoint.fileOf("c")).isEqualTo("two.safetensors");
            assertThat(checkpoint.data(checkpoint.find("b")).byteSize()).isEqualTo(5);
            assertThat(checkpoint.find("d")).isNull();
        }
    }

    @Test
    void indexAndShardsMustAgree() throws IOException {
        shards();
        index("a", "one.safetensors", "c", "two.safetensors");
        refuses("one.safetensors: holds tensor b, which " + INDEX + " does not name");
        index("a", "one.safetensors", "b", "two.safetensors", "c", "two.safetensors");
        refuses("one.safetensors: holds tensor b, which " + INDEX + " places in two.safetensors");
        index("a", "one.safetensors", "b", "one.safetensors", "c", "two.safetensors", "d", "two.safetensors");
        refuses("two.safetensors: lacks tensor d");
        index("a", "one.safetensors", "b", "one.safetensors", "c", "three.safetensors");
        refuses("shard three.safetensors named by " + INDEX + " is missing");
    }

    @Test
    void aTensorLiesInOneFile() throws IOException {
        shards();
        copy.write(folder.resolve("mtp.safetensors"), List.of("c"));
        index("a", "one.safetensors", "b", "one.safetensors", "c", "two.safetensors");
        refuses("tensor c lies in two files: mtp.safetensors and two.safetensors");
    }

    @Test
    void draftHeadsLieInTheIndexOrBeside() throws IOException {
        for (String name : List.of("mtp.safetensors", "model_mtp.safetensors")) {
            copy.write(folder.resolve("model.safetensors"), List.of("a", "b"));
            copy.write(folder.resolve(name), List.of("c"));
            assertThat(names()).containsExactlyInAnyOrder("a", "b", "c");
            index("a", "model.safetensors", "b", "model.safetensors", "c", name);
            assertThat(names()).containsExactlyInAnyOrder("a", "b", "c");
            index("a", "model.safetensors", "b", "model.safetensors");
            assertThat(names()).containsExactlyInAnyOrder("a", "b", "c");
            Files.delete(folder.resolve(INDEX));
            Files.delete(folder.resolve(name));
        }
    }

    @Test
    void aSingleFileBesideAnIndexThatIgnoresItIsAmbiguous() throws IOException {
        shards();
        copy.write(folder.resolve("model.safetensors"), List.of("a", "b", "c"));
        index("a", "one.safetensors", "b", "one.safetensors", "c", "two.safetensors");
        refuses("model.safetensors lies beside " + INDEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x.safetensors",
                "/etc/x.safetensors",
                "a/b.safetensors",
                "a\\\\b.safetensors",
                "x.bin",
                "x",
                "",
                "caf\u00e9.safetensors",
                "x.safetensors\\n",
                "x.safetensors/",
                "..",
            })
    void refusesShardNames(String name) throws IOException {
        index("a", name);
        refuses("tensor a is said to lie in \"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{}",
                "{\"weight_map\": []}",
                "{\"weight_map\": {}}",
                "{\"weight_map\": {\"a\": 1}}",
                "{\"weight_map\": {\"a\": {}}}",
                "{\"weight_map\": {\"a\": \"m.safetensors\", \"a\": \"m.safetensors\"}}",
                "{\"weight_map\": {\"a\": \"m.safetensors\"}} x",
                "null",
                "",
            })
    void refusesBrokenIndexes(String text) throws IOException {
        Files.writeString(folder.resolve(INDEX), text);
        refuses(INDEX);
    }

    @Test
    void truncatedShard() throws IOException {
        shards();
        index("a", "one.safetensors", "b", "one.safetensors", "c", "two.safetensors");
        byte[] bytes = Files.readAllBytes(folder.resolve("two.safetensors"));
        for (int length : List.of(bytes.length - 1, bytes.length - 8, 20, 8, 3, 0)) {
            Files.write(folder.resolve("two.safetensors"), Arrays.copyOf(bytes, length));
            refuses("two.safetensors");
        }
    }

    @Test
    void linksMustStayInside() throws IOException {
        shards();
        index("a", "one.safetensors", "b", "one.safetensors", "c", "two.safetensors");
        Path outside = Files.move(folder.resolve("two.safetensors"), temp.resolve("outside"));
        Files.createSymbolicLink(folder.resolve("two.safetensors"), outside);
        refuses("links to " + outside.toRealPath() + ", outside the model folder");
        Files.delete(outside);
        refuses("a link to a file that cannot be read");
        Files.delete(folder.resolve("two.safetensors"));
        Files.createDirectory(folder.resolve("two.safetensors"));
        refuses("not a regular file");
    }

    @Test
    void cacheSnapshotsLinkIntoTheirOwnBlobs() throws IOException {
        Path own = temp.resolve("hub/models--o--n/blobs");
        Path other = temp.resolve("hub/models--o--m/blobs");
        Path snapshot = temp.resolve("hub/models--o--n/snapshots/0123");
        for (Path path : List.of(own, other, snapshot)) {
            Files.createDirectories(path);
        }
        copy.write(own.resolve("8a"), List.of("a", "b", "c"));
        Path link = Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/8a"));
        folder = snapshot;
        assertThat(names()).hasSize(3);
        Files.delete(link);
        copy.write(other.resolve("8a"), List.of("a"));
        Files.createSymbolicLink(link, Path.of("../../../models--o--m/blobs/8a"));
        refuses("outside the model folder");
    }

    private List<String> names() {
        try (Arena arena = Arena.ofConfined()) {
            return Checkpoint.open(new FolderFiles(folder), arena, Refusals.STRICT).tensors().stream()
                    .map(TensorInfo::name)
                    .toList();
        }
    }

    private void shards() {
        copy.write(folder.resolve("one.safetensors"), List.of("a", "b"));
        copy.write(folder.resolve("two.safetensors"), List.of("c"));
    }

    private void index(String... pairs) throws IOException {
        String map = IntStream.range(0, pairs.length / 2)
                .mapToObj(i -> "\"" + pairs[2 * i] + "\": \"" + pairs[2 * i + 1] + "\"")
                .collect(Collectors.joining(", "));
        Files.writeString(folder.resolve(INDEX), "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {" + map + "}}");
    }

    private void refuses(String message) {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Checkpoint.open(new FolderFiles(folder), arena, Refusals.STRICT))
                    .isInstanceOf(InvalidModelException.class)
                    .hasMessageContaining(message);
        }
    }
}
