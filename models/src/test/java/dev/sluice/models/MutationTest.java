package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.error.SluiceException;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.JsonDamage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Seeded damage to every file of a model: it loads, or a typed error comes out, never anything else. */
class MutationTest {
    @TempDir
    Path temp;

    @ParameterizedTest
    @CsvSource({
        "qwen3-dense-tied, config.json, 250",
        "qwen3-next-r2, model.safetensors.index.json, 150",
        "qwen3-dense-tied, model.safetensors, 250",
        "qwen3-next-r3, config.json, 250",
        "qwen3-5-dense-mtp, config.json, 150",
        "mlx-4bit-g64, config.json, 150",
        "qwen3-next-fp8, model.safetensors, 150",
    })
    void damagedFiles(String name, String file, int rounds) throws IOException {
        damage(name, file, 1, rounds);
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({
        "qwen3-dense-tied, config.json",
        "qwen3-next-r2, model.safetensors.index.json",
        "qwen3-dense-tied, model.safetensors",
        "qwen3-next-r3, config.json",
        "qwen3-5-moe-fp8, config.json",
        "qwen3-5-moe, model.safetensors.index.json",
        "mlx-8bit-g64, config.json",
        "qwen3-next-fp8, model.safetensors",
    })
    void damagedFilesAtLength(String name, String file) throws IOException {
        damage(name, file, 1_000_000, 5_000);
    }

    private void damage(String name, String file, long firstSeed, int rounds) throws IOException {
        Path folder = copy(Fixtures.golden(name).model());
        byte[] original = Files.readAllBytes(folder.resolve(file));
        JsonDamage texts = new JsonDamage(List.of(json(file, original)));
        int refused = 0;
        for (long seed = firstSeed; seed < firstSeed + rounds; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged =
                    file.endsWith(".safetensors") ? damagedWeights(original, texts, random) : texts.damaged(random);
            Files.write(folder.resolve(file), damaged);
            try (LoadedModel model = ModelFolder.open(folder, LoadOptions.DEFAULTS)) {
                assertThat(model.weights()).isNotNull();
            } catch (SluiceException e) {
                refused++;
                assertThat(e.getMessage()).hasSizeBetween(10, 20_000);
            } catch (RuntimeException | Error e) {
                fail(name + "/" + file + ", seed " + seed, e);
            }
        }
        // most damage hits something that matters
        assertThat(refused).isGreaterThan(rounds / 4);
    }

    private Path copy(Path from) throws IOException {
        Path to = Files.createDirectory(temp.resolve("model"));
        try (Stream<Path> files = Files.list(from)) {
            for (Path source : files.toList()) {
                Files.copy(source, to.resolve(source.getFileName().toString()));
            }
        }
        return to;
    }

    /** Damage to the header of a safetensors file, its length fitted again or not, or to the file's end. */
    private static byte[] damagedWeights(byte[] file, JsonDamage headers, SplittableRandom random) {
        int length = Math.toIntExact(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
        byte[] header = headers.damaged(random);
        int odd = random.nextInt(8);
        byte[] out = ByteBuffer.allocate(header.length + file.length - length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(odd == 0 ? random.nextLong() : odd == 1 ? length + random.nextLong(-9, 10) : header.length)
                .put(header)
                .put(file, 8 + length, file.length - 8 - length)
                .array();
        return odd == 2 ? Arrays.copyOf(out, random.nextInt(out.length + 64)) : out;
    }

    /** The header of a safetensors file, or all of another one. */
    private static byte[] json(String file, byte[] bytes) {
        return file.endsWith(".safetensors")
                ? Arrays.copyOfRange(
                        bytes,
                        8,
                        8
                                + Math.toIntExact(ByteBuffer.wrap(bytes)
                                        .order(ByteOrder.LITTLE_ENDIAN)
                                        .getLong()))
                : bytes;
    }
}
