package dev.sluice.tools.synth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.models.LoadOptions;
import dev.sluice.models.LoadedModel;
import dev.sluice.models.ModelFolder;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.ReleasedModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Loading a model of full size reads its headers, and not what lies scattered between its weights. */
class LoadTimeTest {
    @TempDir
    Path temp;

    @Test
    @Timeout(value = 90, unit = TimeUnit.SECONDS)
    void theLargeReleaseInFp8() throws IOException {
        long bytes = SparseFolder.write(
                temp, ReleasedModels.named("qwen3-next-80b-a3b").orElseThrow(), Form.FP8);
        assertThat(bytes).isGreaterThan(80_000_000_000L);
        long start = System.nanoTime();
        try (LoadedModel model = ModelFolder.open(temp, LoadOptions.DEFAULTS)) {
            assertThat(model.architecture().layers()).hasSize(48);
        }
        // 226 s when each table of scales was a page fault
        System.out.printf("80B in FP8, sparse: loaded in %.1f s%n", (System.nanoTime() - start) / 1e9);
    }
}
