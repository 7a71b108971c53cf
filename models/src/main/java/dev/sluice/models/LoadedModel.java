package dev.sluice.models;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model's description and weights together with the mappings behind them. Closing unmaps; nothing may use the weights
 * then.
 */
public final class LoadedModel implements AutoCloseable {
    private final Architecture architecture;
    private final Weights weights;
    private final GenerationDefaults generationDefaults;
    private final List<String> warnings;
    private final Supplier<@Nullable String> change;
    private final Arena arena;

    /**
     * @param change what {@link #change} answers
     * @param arena owner of the mappings and of everything folded; closed with the model
     */
    public LoadedModel(
            Architecture architecture,
            Weights weights,
            GenerationDefaults generationDefaults,
            List<String> warnings,
            Supplier<@Nullable String> change,
            Arena arena) {
        this.architecture = architecture;
        this.weights = weights;
        this.generationDefaults = generationDefaults;
        this.warnings = List.copyOf(warnings);
        this.change = change;
        this.arena = arena;
    }

    public Architecture architecture() {
        return architecture;
    }

    public Weights weights() {
        return weights;
    }

    /** What the model's files recommend for sampling, and the ids that end a text. */
    public GenerationDefaults generationDefaults() {
        return generationDefaults;
    }

    /** Where the files disagree in a way that the model survives, one sentence each; meant for the user. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * What happened to the mapped files since, as a sentence; null when nothing did. After a change the weights are not to
     * be trusted. Costs some microseconds a file.
     */
    public @Nullable String change() {
        return change.get();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
