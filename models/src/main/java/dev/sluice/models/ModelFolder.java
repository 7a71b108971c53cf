package dev.sluice.models;

import dev.sluice.error.ModelBrokenException;
import dev.sluice.error.ModelNotFoundException;
import dev.sluice.models.checkpoint.Checkpoint;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.family.Decoder;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model as it is published: a folder with {@code config.json} and safetensors files. */
public final class ModelFolder {
    private ModelFolder() {}

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
        Arena arena = Arena.ofShared();
        try {
            Decoder decoder = Decoder.load(config, options, Checkpoint.open(files, arena), arena);
            GenerationDefaults defaults = GenerationDefaults.read(
                    json(files, "generation_config.json"),
                    config,
                    decoder.architecture().vocabSize());
            return new LoadedModel(decoder.architecture(), decoder.weights(), defaults, decoder.warnings(), arena);
        } catch (InternalError e) {
            arena.close();
            throw new ModelBrokenException(folder + ": a file shrank while it was read; fetch the model again", e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static JsonObject config(FolderFiles files) {
        JsonObject config = json(files, "config.json");
        if (config == null) {
            throw new ModelNotFoundException(files.folder() + ": no config.json; expected the folder of a model");
        }
        return config;
    }

    private static @Nullable JsonObject json(FolderFiles files, String name) {
        Path file = files.find(name);
        return file == null ? null : JsonObject.read(file);
    }
}
