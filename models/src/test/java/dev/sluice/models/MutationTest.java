package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.error.SluiceException;
import dev.sluice.testing.Fixtures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Seeded damage to every file of a model: it loads, or a typed error comes out, never anything else. */
class MutationTest {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9][0-9.eE+-]*");
    private static final List<String> ODD_VALUES = List.of(
            "0",
            "-1",
            "1",
            "2",
            "7",
            "255",
            "2147483647",
            "2147483648",
            "9007199254740991",
            "9007199254740992",
            "9223372036854775807",
            "18446744073709551615",
            "1e400",
            "1e-400",
            "0.5",
            "-0",
            "00",
            "null",
            "true",
            "\"1\"",
            "[]",
            "{}",
            "[[[[[[[[",
            "\"\\ud800\"");

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
        int refused = 0;
        for (long seed = firstSeed; seed < firstSeed + rounds; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] damaged =
                    file.endsWith(".safetensors") ? damagedWeights(original, random) : damaged(original, random);
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
    private static byte[] damagedWeights(byte[] file, SplittableRandom random) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int length = Math.toIntExact(buffer.getLong(0));
        switch (random.nextInt(8)) {
            case 0 -> {
                return Arrays.copyOf(file, random.nextInt(file.length + 64));
            }
            case 1 -> {
                byte[] out = file.clone();
                ByteBuffer.wrap(out)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(0, random.nextBoolean() ? random.nextLong() : length + random.nextLong(-9, 10));
                return out;
            }
            default -> {
                byte[] header = damaged(Arrays.copyOfRange(file, 8, 8 + length), random);
                byte[] out = new byte[8 + header.length + file.length - 8 - length];
                ByteBuffer.wrap(out)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(header.length)
                        .put(header)
                        .put(file, 8 + length, file.length - 8 - length);
                return out;
            }
        }
    }

    private static byte[] damaged(byte[] text, SplittableRandom random) {
        int from = random.nextInt(text.length);
        int until = Math.min(text.length, from + 1 + random.nextInt(40));
        return switch (random.nextInt(6)) {
            case 0 -> flipped(text, random);
            case 1 -> spliced(text, from, from, Arrays.copyOfRange(text, from, until));
            case 2 -> spliced(text, from, until, new byte[0]);
            case 3 -> swappedLines(text, random);
            default -> oddNumber(text, random);
        };
    }

    private static byte[] flipped(byte[] text, SplittableRandom random) {
        byte[] out = text.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            out[random.nextInt(out.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return out;
    }

    private static byte[] oddNumber(byte[] text, SplittableRandom random) {
        String string = new String(text, StandardCharsets.ISO_8859_1);
        List<MatchResult> numbers = NUMBER.matcher(string).results().toList();
        MatchResult number = numbers.get(random.nextInt(numbers.size()));
        String odd = ODD_VALUES.get(random.nextInt(ODD_VALUES.size()));
        return spliced(text, number.start(), number.end(), odd.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Two pieces between commas change places: keys, values and offsets of others. */
    private static byte[] swappedLines(byte[] text, SplittableRandom random) {
        List<String> pieces = new ArrayList<>(List.of(new String(text, StandardCharsets.ISO_8859_1).split(",", -1)));
        int one = random.nextInt(pieces.size());
        int two = random.nextInt(pieces.size());
        String piece = pieces.set(one, pieces.get(two));
        pieces.set(two, piece);
        return String.join(",", pieces).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] spliced(byte[] text, int from, int until, byte[] by) {
        byte[] out = Arrays.copyOf(text, text.length - (until - from) + by.length);
        System.arraycopy(by, 0, out, from, by.length);
        System.arraycopy(text, until, out, from + by.length, text.length - until);
        return out;
    }
}
