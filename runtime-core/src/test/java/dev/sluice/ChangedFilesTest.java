package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.ModelBrokenException;
import dev.sluice.testing.Fixtures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Weights that others change while a model of the same process answers from them. */
@Timeout(120)
class ChangedFilesTest {
    private static final Prompt QUESTION = Prompt.user("Write a story about a boat.");

    /** Neither of the model's end tokens can be chosen, so the answer goes on until something stops it. */
    private static final Options ENDLESS = Options.builder()
            .temperature(0)
            .logitBias(Map.of(4091, -100.0, 4093, -100.0))
            .build();

    @TempDir
    Path folder;

    private Path weights;
    private Sluice sluice;
    private Model model;

    @BeforeEach
    void load() throws IOException {
        try (Stream<Path> files = Files.list(Fixtures.embeddedModel())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
        weights = folder.resolve("model.safetensors");
        sluice = Sluice.open(2);
        model = sluice.load(folder, LoadOptions.DEFAULTS);
    }

    @AfterEach
    void close() {
        sluice.close();
    }

    private interface Change {
        void apply() throws IOException;
    }

    /** Changes the file in the middle of an answer, next to a model of another folder. */
    private void breaks(Change change, String message) throws IOException {
        Model other = sluice.load(Fixtures.embeddedModel(), LoadOptions.DEFAULTS);
        Options few = Options.builder().temperature(0).maxTokens(60).build();
        String story = other.generate(QUESTION, few).await().content();
        try (Generation answer = model.generate(QUESTION, ENDLESS);
                Generation beside = other.generate(QUESTION, few)) {
            Iterator<Piece> pieces = answer.iterator();
            for (int i = 0; i < 10; i++) {
                pieces.next();
            }
            change.apply();
            assertThatThrownBy(() -> pieces.forEachRemaining(_ -> {}))
                    .isInstanceOf(ModelBrokenException.class)
                    .hasMessageContaining(message);
            assertThat(beside.await().content()).isEqualTo(story);
        }
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> model.generate(QUESTION, few).await())
                    .isInstanceOf(ModelBrokenException.class)
                    .hasMessageContaining("load it again");
        }
        model.close();
        assertThat(other.generate(QUESTION, few).await().content()).isEqualTo(story);
    }

    @Test
    void aFileThatIsCutBreaksItsModelAndNoOther() throws IOException {
        long size = Files.size(weights);
        breaks(() -> truncate(4096), weights.toRealPath() + " went from " + size + " to 4096 bytes");
    }

    @Test
    void anEmptiedFileBreaksItsModel() throws IOException {
        breaks(() -> truncate(0), " to 0 bytes");
    }

    @Test
    void otherBytesOfTheSameLengthBreakTheModel() throws IOException {
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        breaks(() -> overwrite(bytes), weights.toRealPath() + " was written to at ");
    }

    @Test
    void aFileThatGrowsBreaksTheModel() throws IOException {
        byte[] more = {1};
        breaks(() -> Files.write(weights, more, StandardOpenOption.APPEND), " bytes while the model was in use");
    }

    @Test
    void aNewTimeOfWritingBreaksTheModel() throws IOException {
        breaks(() -> Files.setLastModifiedTime(weights, FileTime.fromMillis(0)), "was written to at 1970-01-01");
    }

    /** The mapping keeps the file that was opened, whatever its name leads to now. */
    @Test
    void aFileThatIsRemovedOrReplacedByAnotherOneIsNoChange() throws IOException {
        Options few = Options.builder().temperature(0).maxTokens(60).build();
        String story = model.generate(QUESTION, few).await().content();
        Path next = Files.write(folder.resolve("next"), new byte[100]);
        for (Change change : List.<Change>of(
                () -> Files.move(next, weights, StandardCopyOption.REPLACE_EXISTING), () -> Files.delete(weights))) {
            change.apply();
            assertThat(model.generate(QUESTION, few).await().content()).isEqualTo(story);
        }
    }

    private void truncate(long size) throws IOException {
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private void overwrite(byte[] bytes) throws IOException {
        Files.write(weights, bytes, StandardOpenOption.WRITE);
    }
}
