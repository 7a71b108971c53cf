package dev.sluice.models;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.ModelBrokenException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.checkpoint.Checkpoint;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.models.checkpoint.HeadersOnly;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.Refusals;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.family.Decoder;
import dev.sluice.models.released.Form;
import dev.sluice.models.released.PlannedTensor;
import dev.sluice.models.released.PlannedTensors;
import dev.sluice.models.released.ReleasedConfig;
import dev.sluice.models.released.ReleasedModel;
import dev.sluice.models.released.TensorPlan;
import java.io.File;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model as it is published: a folder with {@code config.json} and safetensors files. */
public final class ModelFolder {
    private ModelFolder() {}

    /**
     * Maps the weights and checks every tensor against the configuration. Reads little: headers, configuration, the small
     * tensors that are widened, and the scales that every token needs.
     *
     * @throws ModelNotFoundException when there is no such folder or no {@code config.json} in it
     */
    @SuppressWarnings("MustBeClosedChecker") // the loaded model owns the arena
    public static LoadedModel open(Path folder, LoadOptions options) {
        return open(folder, options, (_, _) -> {});
    }

    /** As {@link #open(Path, LoadOptions)}; {@code progress} hears how far it is, on this thread. */
    @SuppressWarnings("MustBeClosedChecker")
    public static LoadedModel open(Path folder, LoadOptions options, Progress progress) {
        return naming(folder, () -> map(folder, options, progress));
    }

    /** How far a load is. */
    @FunctionalInterface
    public interface Progress {
        /** Tensors that need no more looking at, those of a vision tower included, of all in the files. */
        void checked(long tensors, long of);
    }

    @SuppressWarnings("MustBeClosedChecker")
    private static LoadedModel map(Path folder, LoadOptions options, Progress progress) {
        FolderFiles files = new FolderFiles(folder);
        JsonObject config = config(files);
        Decoder decoder = Decoder.of(config, json(files, "hf_quant_config.json"), options);
        Arena arena = Arena.ofShared();
        try {
            Checkpoint checkpoint = Checkpoint.open(files, arena, Refusals.STRICT);
            int all = checkpoint.tensors().size();
            Decoder.Contents contents =
                    decoder.read(checkpoint, arena, Refusals.STRICT, left -> progress.checked(all - left, all));
            int left = contents.scales().size();
            for (TensorInfo scales : contents.scales()) {
                checkpoint.requireFinite(scales);
                progress.checked(all - --left, all);
            }
            return new LoadedModel(
                    contents.architecture(),
                    contents.weights(),
                    generationDefaults(files, config, contents.architecture()),
                    contents.warnings(),
                    checkpoint::change,
                    arena);
        } catch (InternalError e) {
            arena.close();
            throw shrank(folder, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Describes a folder without keeping it open. All checks of {@link #open} run; of the weights only the small tensors
     * are read.
     */
    public static ModelSummary inspect(Path folder, LoadOptions options) {
        return naming(folder, () -> describe(folder, options));
    }

    private static ModelSummary describe(Path folder, LoadOptions options) {
        FolderFiles files = new FolderFiles(folder);
        JsonObject config = config(files);
        Decoder decoder = Decoder.of(config, json(files, "hf_quant_config.json"), options);
        try (Arena arena = Arena.ofConfined()) {
            Checkpoint checkpoint = Checkpoint.open(files, arena, Refusals.STRICT);
            Decoder.Contents contents = decoder.read(checkpoint, arena, Refusals.STRICT);
            return summary(contents, checkpoint.tensors(), generationDefaults(files, config, contents.architecture()));
        } catch (InternalError e) {
            throw shrank(folder, e);
        }
    }

    /** Describes what {@link #inspect} would find in the folder of a released model; there is no such folder. */
    public static ModelSummary describe(ReleasedModel model, Form form, LoadOptions options) {
        List<PlannedTensor> plan = TensorPlan.of(model, form);
        ReleasedConfig text = new ReleasedConfig(model, form, plan);
        JsonObject config = json("config.json", text.config());
        try (Arena arena = Arena.ofConfined()) {
            PlannedTensors tensors = new PlannedTensors(plan, form, arena);
            Decoder.Contents contents = Decoder.of(config, null, options).read(tensors, arena, Refusals.STRICT);
            JsonObject generation = json("generation_config.json", text.generationConfig());
            int vocabSize = contents.architecture().vocabSize();
            return summary(contents, tensors.tensors(), GenerationDefaults.read(generation, config, vocabSize));
        }
    }

    private static JsonObject json(String name, String text) {
        return JsonObject.parse(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ModelSummary summary(
            Decoder.Contents contents, Collection<TensorInfo> tensors, GenerationDefaults defaults) {
        return new ModelSummary(
                contents.architecture(),
                ParameterCount.of(contents.architecture(), contents.weights()),
                StoredForm.of(contents.weights()),
                List.copyOf(tensors),
                tensors.stream().mapToLong(TensorInfo::bytes).sum(),
                defaults,
                contents.warnings());
    }

    /**
     * Names of files that a model needs and the folder lacks; empty for formats that are not read.
     *
     * @throws dev.sluice.error.InvalidModelException when its index cannot be read
     */
    public static List<String> missing(Path folder) {
        FolderFiles files = new FolderFiles(folder);
        if (files.endingWith(".safetensors").isEmpty()
                && !(files.endingWith(".gguf").isEmpty()
                        && files.endingWith(".bin").isEmpty())) {
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        for (String name : List.of("config.json", "tokenizer.json")) {
            if (files.find(name) == null) {
                missing.add(name);
            }
        }
        missing.addAll(Checkpoint.missing(files));
        return List.copyOf(missing);
    }

    /** Bytes of the files with weights, whatever is in them. */
    public static long fileBytes(Path folder) {
        FolderFiles files = new FolderFiles(folder);
        return Stream.of(".safetensors", ".gguf")
                .flatMap(suffix -> files.endingWith(suffix).stream())
                .mapToLong(name -> folder.resolve(name).toFile().length())
                .sum();
    }

    /**
     * Looks for every fault in configuration, index and headers. Of the weights nothing is read.
     *
     * @throws ModelNotFoundException when there is no such folder
     */
    public static FolderCheck check(Path folder) {
        FolderFiles files = new FolderFiles(folder);
        Faults faults = new Faults();
        try (Arena arena = Arena.ofConfined()) {
            Checkpoint checkpoint = faults.of(() -> Checkpoint.open(files, arena, faults));
            JsonObject config = faults.of(() -> config(files));
            // without one good header every tensor would be reported as missing
            boolean described = checkpoint != null
                    && (faults.found().isEmpty() || !checkpoint.tensors().isEmpty());
            Decoder.Contents contents = checkpoint == null || !described || config == null
                    ? null
                    : faults.of(() -> Decoder.of(config, json(files, "hf_quant_config.json"), LoadOptions.DEFAULTS)
                            .read(new HeadersOnly(checkpoint, arena), arena, faults));
            if (config != null && contents != null) {
                faults.of(() -> generationDefaults(files, config, contents.architecture()));
            }
            return new FolderCheck(
                    faults.found(),
                    contents == null ? List.of() : contents.warnings(),
                    contents == null ? null : contents.architecture(),
                    checkpoint == null ? List.of() : weightFiles(files, checkpoint));
        }
    }

    private static List<FolderCheck.WeightFile> weightFiles(FolderFiles files, Checkpoint checkpoint) {
        Map<String, List<TensorInfo>> byFile = new LinkedHashMap<>();
        checkpoint.fileNames().forEach(name -> byFile.put(name, new ArrayList<>()));
        for (TensorInfo tensor : checkpoint.tensors()) {
            byFile.computeIfAbsent(checkpoint.fileOf(tensor.name()), _ -> new ArrayList<>())
                    .add(tensor);
        }
        List<FolderCheck.WeightFile> out = new ArrayList<>();
        byFile.forEach((name, tensors) -> {
            Path path = files.find(name);
            if (path != null) {
                out.add(new FolderCheck.WeightFile(name, path, List.copyOf(tensors)));
            }
        });
        return List.copyOf(out);
    }

    /** Most faults begin with a file of the folder; a user who gave a short name, or none, must hear which folder. */
    private static <T> T naming(Path folder, Supplier<T> read) {
        try {
            return read.get();
        } catch (InvalidModelException | UnsupportedModelException fault) {
            String message = String.valueOf(fault.getMessage());
            if (message.startsWith(folder + ":") || message.startsWith(folder + File.separator)) {
                throw fault;
            }
            String named = folder + ": " + message;
            throw fault instanceof UnsupportedModelException
                    ? new UnsupportedModelException(named, fault)
                    : new InvalidModelException(named, fault);
        }
    }

    private static GenerationDefaults generationDefaults(
            FolderFiles files, JsonObject config, Architecture architecture) {
        return GenerationDefaults.read(json(files, "generation_config.json"), config, architecture.vocabSize());
    }

    private static ModelBrokenException shrank(Path folder, InternalError cause) {
        return new ModelBrokenException(folder + ": a file shrank while it was read; fetch the model again", cause);
    }

    private static JsonObject config(FolderFiles files) {
        JsonObject config = json(files, "config.json");
        if (config == null) {
            files.refuseGguf();
            throw new ModelNotFoundException(files.folder() + ": no config.json; expected the folder of a model");
        }
        return config;
    }

    private static @Nullable JsonObject json(FolderFiles files, String name) {
        Path file = files.find(name);
        return file == null ? null : JsonObject.read(file);
    }
}
