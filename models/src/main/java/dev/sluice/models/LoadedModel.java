package dev.sluice.models;

import java.lang.foreign.Arena;

/**
 * A model's description and weights together with the mappings behind them. Closing unmaps; nothing may use the weights
 * then.
 */
public final class LoadedModel implements AutoCloseable {
    private final Architecture architecture;
    private final Weights weights;
    private final Arena arena;

    public LoadedModel(Architecture architecture, Weights weights, Arena arena) {
        this.architecture = architecture;
        this.weights = weights;
        this.arena = arena;
    }

    public Architecture architecture() {
        return architecture;
    }

    public Weights weights() {
        return weights;
    }

    @Override
    public void close() {
        arena.close();
    }
}
