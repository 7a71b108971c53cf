package dev.sluice.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.SluiceException;
import dev.sluice.testing.Fixtures;
import dev.sluice.testing.ModelCopy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Folders with one thing wrong, and the check that every way to read a folder refuses them. */
abstract class RefusedFolders {
    @TempDir
    Path temp;

    static ModelCopy next() {
        return copy(Fixtures.golden("qwen3-next-mtp"));
    }

    static ModelCopy fp8() {
        return copy(Fixtures.golden("qwen3-next-fp8"));
    }

    static ModelCopy copy(Fixtures.Case golden) {
        return ModelCopy.of(golden.model());
    }

    void refuses(ModelCopy copy, Class<? extends SluiceException> type, String... parts) {
        refuses(copy.write(temp.resolve("model")), type, parts);
    }

    static void refuses(Path folder, Class<? extends SluiceException> type, String... parts) {
        assertThatThrownBy(() -> ModelFolder.open(folder, LoadOptions.DEFAULTS).close())
                .isInstanceOf(type)
                .hasMessageContainingAll(parts);
        assertThatThrownBy(() -> ModelFolder.inspect(folder, LoadOptions.DEFAULTS))
                .isInstanceOf(type)
                .hasMessageContainingAll(parts);
        if (Files.isDirectory(folder) && !parts[0].contains("holds NaN")) { // a check leaves values to the scan
            assertThat(ModelFolder.check(folder).faults())
                    .anySatisfy(fault -> assertThat(fault).isInstanceOf(type).hasMessageContainingAll(parts));
        }
    }
}
