package dev.sluice.tools.synth;

import dev.sluice.models.checkpoint.SafetensorsWriter;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.PlannedTensor;
import dev.sluice.models.released.ReleasedConfig;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.TensorPlan;
import dev.sluice.tools.synth.Shards.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/** A model folder to be written: what will be in it, and the writing. */
public final class SynthFolder {
    /** Room for a header entry, a line of the index and what file systems round up, beside a tensor's data. */
    private static final long OVERHEAD = 400;

    private static final long SMALL_FILES = 1 << 20;

    /** Hears how many bytes of all tensors are written. */
    @FunctionalInterface
    public interface Progress {
        void written(long bytes);
    }

    private final ReleasedModel model;
    private final Form form;
    private final long seed;
    private final List<PlannedTensor> plan;
    private final List<Shard> shards;

    public SynthFolder(ReleasedModel model, Form form, long seed) {
        this(model, form, seed, Shards.LIMIT);
    }

    SynthFolder(ReleasedModel model, Form form, long seed, long shardLimit) {
        this.model = model;
        this.form = form;
        this.seed = seed;
        this.plan = TensorPlan.of(model, form);
        this.shards = Shards.of(plan, form, shardLimit);
    }

    /** Learnt numbers of the trunk ({@code draft} false) or of the draft head. */
    public long parameters(boolean draft) {
        return plan.stream()
                .filter(tensor -> tensor.name().startsWith("mtp.") == draft)
                .mapToLong(PlannedTensor::parameters)
                .sum();
    }

    /** Bytes of all tensors. */
    public long bytes() {
        return plan.stream().mapToLong(PlannedTensor::bytes).sum();
    }

    /** Number of files with weights. */
    public int files() {
        return shards.size();
    }

    /** Writes the folder; it appears only when it is complete. */
    public void write(Path folder, Progress progress) {
        NewFolder created = new NewFolder(folder);
        long[] done = {0};
        created.create(
                bytes() + OVERHEAD * plan.size() + SMALL_FILES,
                into -> fill(into, piece -> {
                    created.requireRunning();
                    done[0] += piece;
                    progress.written(done[0]);
                }));
    }

    /** @param written hears the length of each piece */
    private void fill(Path folder, LongConsumer written) throws IOException {
        ReleasedConfig config = new ReleasedConfig(model, form, plan);
        Files.writeString(folder.resolve("config.json"), config.config());
        Files.writeString(folder.resolve("generation_config.json"), config.generationConfig());
        if (model.vocab() >= ByteTokenizer.SIZE) {
            Files.writeString(folder.resolve("tokenizer.json"), ByteTokenizer.json());
        }
        // mlx-lm writes an index for a single file, too (spec/model.md §6.8)
        if (shards.size() > 1 || form.mlx()) {
            Files.writeString(folder.resolve("model.safetensors.index.json"), index());
        }
        RandomWeights weights = new RandomWeights(model, seed);
        for (Shard shard : shards) {
            write(shard, folder.resolve(shard.name()), weights, written);
        }
    }

    private void write(Shard shard, Path file, RandomWeights weights, LongConsumer written) throws IOException {
        List<SafetensorsWriter.Entry> entries = shard.tensors().stream()
                .map(tensor -> new SafetensorsWriter.Entry(tensor.name(), tensor.type(), tensor.shape()))
                .toList();
        Map<String, String> metadata = Map.of("format", form.mlx() ? "mlx" : "pt");
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, entries, metadata);
                PieceLine line = new PieceLine(piece -> {
                    writer.write(piece);
                    written.accept(piece.byteSize());
                })) {
            for (PlannedTensor tensor : shard.tensors()) {
                for (long piece = 0; piece < weights.pieces(tensor); piece++) {
                    long number = piece;
                    line.add(buffer -> weights.piece(tensor, number, buffer));
                }
            }
            line.finish();
        }
    }

    private String index() {
        return shards.stream()
                .flatMap(shard ->
                        shard.tensors().stream().map(tensor -> "\"" + tensor.name() + "\": \"" + shard.name() + "\""))
                .collect(Collectors.joining(
                        ",\n", "{\"metadata\": {\"total_size\": " + bytes() + "}, \"weight_map\": {\n", "\n}}\n"));
    }
}
