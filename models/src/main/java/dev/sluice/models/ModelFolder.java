package dev.sluice.models;

import dev.sluice.error.ModelBrokenException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.error.UnsupportedModelException;
import dev.sluice.models.checkpoint.Checkpoint;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.family.Decoder;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model as it is published: a folder with {@code config.json} and safetensors files. */
public final class ModelFolder {
    private static final Set<String> MAIN_FILES =
            Set.of("config.json", "model.safetensors", "model.safetensors.index.json");

    private ModelFolder() {}

    /**
     * The folder that a user's word for a model means: a folder, one of its main files, or {@code owner/name[@revision]}
     * in the local Hugging Face cache. Nothing is downloaded.
     *
     * @throws ModelNotFoundException when it means nothing here
     */
    public static Path resolve(String reference) {
        return resolve(reference, HubCache.of(System.getenv(), Path.of(System.getProperty("user.home", ""))));
    }

    static Path resolve(String reference, HubCache cache) {
        Path path;
        try {
            path = Path.of(reference);
        } catch (InvalidPathException e) {
            throw new ModelNotFoundException("\"" + reference + "\" is neither a path nor owner/name", e);
        }
        if (Files.isDirectory(path)) {
            return path;
        }
        if (Files.exists(path)) {
            return folderOf(path);
        }
        if (HubCache.isReference(reference)) {
            return cache.snapshot(reference);
        }
        throw new ModelNotFoundException(reference + ": no such folder; expected the folder of a model or owner/name");
    }

    private static Path folderOf(Path file) {
        String name = String.valueOf(file.getFileName());
        Path folder = file.toAbsolutePath().getParent();
        if (name.endsWith(".gguf")) {
            throw new UnsupportedModelException(file + " is a GGUF file, which Sluice does not read; "
                    + "give the folder of a safetensors checkpoint");
        }
        if (folder == null || !MAIN_FILES.contains(name)) {
            throw new ModelNotFoundException(file + " is a file; expected the folder of a model");
        }
        return folder;
    }

    /**
     * Maps the weights and checks every tensor against the configuration. Reads little: headers, configuration, and the
     * small tensors that are widened.
     *
     * @throws ModelNotFoundException when there is no such folder or no {@code config.json} in it
     */
    @SuppressWarnings("MustBeClosedChecker") // the loaded model owns the arena
    public static LoadedModel open(Path folder, LoadOptions options) {
        FolderFiles files = new FolderFiles(folder);
        JsonObject config = config(files);
        Decoder decoder = Decoder.of(config, json(files, "hf_quant_config.json"), options);
        Arena arena = Arena.ofShared();
        try {
            Checkpoint checkpoint = Checkpoint.open(files, arena);
            Decoder.Contents contents = decoder.read(checkpoint, arena);
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
        FolderFiles files = new FolderFiles(folder);
        JsonObject config = config(files);
        Decoder decoder = Decoder.of(config, json(files, "hf_quant_config.json"), options);
        try (Arena arena = Arena.ofConfined()) {
            Checkpoint checkpoint = Checkpoint.open(files, arena);
            Decoder.Contents contents = decoder.read(checkpoint, arena);
            List<TensorInfo> tensors = List.copyOf(checkpoint.tensors());
            return new ModelSummary(
                    contents.architecture(),
                    ParameterCount.of(contents.architecture(), contents.weights()),
                    tensors,
                    tensors.stream().mapToLong(TensorInfo::bytes).sum(),
                    generationDefaults(files, config, contents.architecture()),
                    contents.warnings());
        } catch (InternalError e) {
            throw shrank(folder, e);
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
