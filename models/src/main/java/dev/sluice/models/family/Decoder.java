package dev.sluice.models.family;

import dev.sluice.models.Architecture;
import dev.sluice.models.LoadOptions;
import dev.sluice.models.Weights;
import dev.sluice.models.checkpoint.JsonObject;
import dev.sluice.models.checkpoint.Refusals;
import dev.sluice.models.checkpoint.TensorInfo;
import dev.sluice.models.checkpoint.TensorStore;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A model whose configuration names a family and a stored form that can be read; its tensors come next. */
public final class Decoder {
    private final ModelConfig config;
    private final Family family;
    private final Quantisation quantisation;

    private Decoder(ModelConfig config, Family family, Quantisation quantisation) {
        this.config = config;
        this.family = family;
        this.quantisation = quantisation;
    }

    /**
     * Refuses what cannot be read before any weights are opened.
     *
     * @param config {@code config.json}
     * @param quantConfig {@code hf_quant_config.json}, if the folder has one
     */
    public static Decoder of(JsonObject config, @Nullable JsonObject quantConfig, LoadOptions options) {
        ModelConfig model = ModelConfig.of(config, options);
        Family family = Families.of(model);
        if (quantConfig != null) {
            throw QuantisationReader.modelOpt(quantConfig);
        }
        return new Decoder(model, family, QuantisationReader.read(config));
    }

    /**
     * Reads a checkpoint and checks it against the configuration, tensor by tensor.
     *
     * @param arena owner of everything that is widened or folded
     * @param refusals hears of each tensor that does not fit; when it returns, the weights are of no use
     */
    public Contents read(TensorStore store, Arena arena, Refusals refusals) {
        return read(store, arena, refusals, _ -> {});
    }

    /** @param left hears how many tensors are still to be looked at, {@link Contents#scales} among them */
    public Contents read(TensorStore store, Arena arena, Refusals refusals, IntConsumer left) {
        TensorSource tensors = new TensorSource(store, quantisation, arena, refusals, left);
        Architecture architecture = family.architecture(config, tensors);
        Weights weights = family.weights(architecture, tensors);
        tensors.finish();
        return new Contents(architecture, weights, tensors.warnings(), tensors.scales());
    }

    /**
     * Configuration and tensors that agree.
     *
     * @param warnings what the user should know although the model runs
     * @param scales tables of scales and biases that every token reads, as they lie in the files: not looked at yet
     */
    public record Contents(
            Architecture architecture, Weights weights, List<String> warnings, List<TensorInfo> scales) {}
}
