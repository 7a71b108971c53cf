package dev.sluice.models.family;

import dev.sluice.models.Architecture;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.Weights;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.TensorStore;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * Configuration and tensors of a checkpoint, read and checked against each other.
 *
 * @param warnings what the user should know although the model runs
 */
public record Decoder(Architecture architecture, Weights weights, List<String> warnings) {
    /**
     * Reads a checkpoint.
     *
     * @param config {@code config.json}
     * @param arena owner of everything that is widened or folded
     */
    public static Decoder load(JsonObject config, LoadOptions options, TensorStore store, Arena arena) {
        ModelConfig model = ModelConfig.of(config, options);
        Family family = Families.of(model);
        TensorSource tensors = new TensorSource(store, QuantisationReader.read(config), arena);
        Architecture architecture = family.architecture(model, tensors);
        Weights weights = family.weights(architecture, tensors);
        tensors.finish();
        return new Decoder(architecture, weights, tensors.warnings());
    }
}
