package dev.sluice.models;

import dev.sluice.error.SluiceException;
import dev.sluice.models.checkpoint.TensorInfo;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a look at configuration and headers found; the values of the weights are not part of it.
 *
 * @param faults everything that a load would refuse, in the order found
 * @param warnings see {@link LoadedModel#warnings}
 * @param architecture what {@code config.json} describes, if it could be read
 * @param files the files with weights whose headers are good
 */
public record FolderCheck(
        List<SluiceException> faults,
        List<String> warnings,
        @Nullable Architecture architecture,
        List<WeightFile> files) {
    /** @param tensors in the order of their data */
    public record WeightFile(String name, Path path, List<TensorInfo> tensors) {}
}
