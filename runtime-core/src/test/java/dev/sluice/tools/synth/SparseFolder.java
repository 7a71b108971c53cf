package dev.sluice.tools.synth;

import dev.sluice.models.checkpoint.SafetensorsWriter;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.PlannedTensor;
import dev.sluice.models.released.ReleasedConfig;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.TensorPlan;
import dev.sluice.tools.synth.Shards.Shard;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A folder of full size whose data are holes: headers on disk, zeros to read. Tensors lie by name, scales beside codes. */
final class SparseFolder {
    private SparseFolder() {}

    /** Writes the folder; returns the bytes that its files pretend to have. */
    static long write(Path folder, ReleasedModel model, Form form) {
        List<PlannedTensor> plan = TensorPlan.of(model, form);
        long length = 0;
        List<String> lines = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"), new ReleasedConfig(model, form, plan).config());
            for (Shard shard : Shards.of(plan, form, Shards.LIMIT)) {
                List<SafetensorsWriter.Entry> entries = shard.tensors().stream()
                        .sorted(Comparator.comparing(PlannedTensor::name))
                        .map(tensor -> new SafetensorsWriter.Entry(tensor.name(), tensor.type(), tensor.shape()))
                        .toList();
                length += write(folder.resolve(shard.name()), entries);
                entries.forEach(entry -> lines.add("\"" + entry.name() + "\": \"" + shard.name() + "\""));
            }
            Files.writeString(
                    folder.resolve("model.safetensors.index.json"),
                    "{\"weight_map\": {" + String.join(",\n", lines) + "}}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return length;
    }

    @SuppressWarnings("EmptyCatch")
    private static long write(Path file, List<SafetensorsWriter.Entry> entries) throws IOException {
        try (SafetensorsWriter _ = SafetensorsWriter.create(file, entries, Map.of("format", "pt"))) {
        } catch (IOException e) {
            // the data are missing, as they should
        }
        long bytes = entries.stream().mapToLong(SafetensorsWriter.Entry::bytes).sum();
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(sparse.length() + bytes);
        }
        return bytes;
    }
}
